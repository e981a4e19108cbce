/** The types of nodes. A new one is a file here and a line below. @module */
import type { NodeType } from "../node.ts";
import { channelMap } from "./channel_map.ts";
import { convertFormat } from "./convert_format.ts";
import { digest } from "./digest.ts";
import { gain } from "./gain.ts";
import { levels } from "./levels.ts";
import { mixDown } from "./mix_down.ts";
import { passThrough } from "./pass_through.ts";
import { resample } from "./resample.ts";
import { sign } from "./sign.ts";
import { spectrum } from "./spectrum.ts";
import { verify } from "./verify.ts";
import { voiceActivity } from "./voice_activity.ts";
import { wavDecode } from "./wav_decode.ts";
import { wavEncode } from "./wav_encode.ts";

/** All types of nodes that need nothing else of the program. */
export const builtinNodes: readonly NodeType[] = [
  passThrough,
  gain,
  mixDown,
  channelMap,
  convertFormat,
  resample,
  voiceActivity,
  levels,
  spectrum,
  wavDecode,
  wavEncode,
  digest,
  sign,
  verify,
];
