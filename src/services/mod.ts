/** The services of the server: handlers that are independent of stack and socket. @module */
import { type Access, UNRESTRICTED } from "../access/mod.ts";
import type { AuditTrail } from "../audit/mod.ts";
import type { KeyRing } from "../crypto/mod.ts";
import { type CallContext, intercept, type Service, serviceName } from "../grpc/mod.ts";
import { controlAccess } from "./access.ts";
import { PipelineAudit, SigningAudit } from "./audit.ts";
import { echoService } from "./echo.ts";
import { Health } from "./health.ts";
import { type InternalErrorReport, mapErrors, negotiateProtocol } from "./interceptors.ts";
import type { Pipelines } from "./pipeline.ts";
import type { SigningParts } from "./pipeline_signer.ts";
import { reflectionServices } from "./reflection.ts";
import { type ServerIdentity, serverInfoService } from "./server_info.ts";
import { type SignatureReport, signingService } from "./signing.ts";

export { RequestLog } from "./request_log.ts";
export type { InternalErrorReport, ServerIdentity };

/** The services of a server, and its health, which reports a drain. They are disposed of when the server has ended. */
export interface SignerServices extends Disposable {
  readonly services: readonly Service[];
  readonly health: Health;
}

/** Options of the services. */
export interface ServicesOptions {
  /** Access control. Without it every caller may do everything. */
  readonly access?: Access | undefined;
  /** Records attempts to sign, and pipelines. */
  readonly audit?: AuditTrail | undefined;
  /** Called for each signature that was made. */
  readonly onSigned?: SignatureReport | undefined;
  /** Serves reflection; true by default. */
  readonly reflection?: boolean | undefined;
  /** Serves pipelines; false by default. */
  readonly pipelines?: boolean | undefined;
  /** Memory for the counters of pipelines, which threads share. */
  readonly pipelineCounters?: SharedArrayBuffer | undefined;
  /** Called with the reason when the worker of pipelines has failed. */
  readonly onPipelineFailure?: ((reason: string) => void) | undefined;
}

/**
 * Creates the signer's services over a ring of keys, and the standard services. Health and reflection are open to all
 * callers: they have no key, and probes have no token.
 */
export async function signerServices(
  keys: KeyRing,
  identity: ServerIdentity,
  report: InternalErrorReport,
  options: ServicesOptions = {},
): Promise<SignerServices> {
  const { access, audit: trail, onSigned, reflection = true } = options;
  const permissionsOf = access === undefined
    ? () => UNRESTRICTED
    : (context: CallContext) => access.permissionsOf(context);
  const audit = trail && new SigningAudit(trail);
  const signing = { ring: keys, permissionsOf, audit, onSigned };
  const signer = signingService(keys, identity.limits, permissionsOf, audit, onSigned);
  const pipelineAudit = trail && new PipelineAudit(trail);
  const pipelines = options.pipelines
    ? await openPipelines(identity.version, signing, pipelineAudit, options)
    : undefined;
  const own = [
    echoService(),
    signer,
    serverInfoService(keys, identity, permissionsOf),
    ...pipelines ? [pipelines.service] : [],
  ];
  // Without a key that can sign now. The other services work.
  const needKeys = new Set(["", serviceName(signer)]);
  const health = new Health(
    own.map(serviceName),
    (service) => !needKeys.has(service) || keys.current.canSign,
  );
  const errors = mapErrors(report);
  return {
    health,
    services: [
      ...own.map((service) => {
        const control = access === undefined ? [] : [controlAccess(access, service)];
        const audits = service === pipelines?.service ? pipelineAudit : audit;
        const audited = audits === undefined ? [] : [audits.interceptor];
        return intercept(service, errors, ...audited, ...control, negotiateProtocol);
      }),
      ...[health.service, ...(reflection ? reflectionServices([...own, health.service]) : [])]
        .map((service) => intercept(service, errors)),
    ],
    [Symbol.dispose]: () => pipelines?.[Symbol.dispose](),
  };
}

/** Imports the modules of pipelines, which take 2 MB of each thread, and starts their service. */
async function openPipelines(
  version: string,
  signing: SigningParts,
  audit: PipelineAudit | undefined,
  { pipelineCounters, onPipelineFailure }: ServicesOptions,
): Promise<Pipelines> {
  const [{ Pipelines }, { signerOf }] = await Promise.all([
    import("./pipeline.ts"),
    import("./pipeline_signer.ts"),
  ]);
  const pipelines = new Pipelines({
    version,
    signerOf: (context) => signerOf(signing, context),
    audit,
    counters: pipelineCounters,
    onWorkerFailure: onPipelineFailure,
  });
  pipelines.start();
  return pipelines;
}
