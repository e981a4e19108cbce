/** Files of rules, in YAML. `docs/access.md` describes them. @module */
import { type AlgorithmName, algorithms as algorithmTable } from "../../crypto/algorithms/mod.ts";
import { type Operation, operations, type Rate, type Rule, type Subject } from "../mod.ts";
import { Field, readDocument } from "./yaml_fields.ts";

/** 1,000: rules of a file. Those that fit a caller are looked for once, one by one. */
const MAX_RULES = 1_000;
/** 100: callers, and keys, of a rule. */
const MAX_ITEMS = 100;
/** 256 characters of a pattern: matching takes time in proportion to it. */
const MAX_PATTERN_LENGTH = 256;

/** 2^32 - 1: ids of users, groups and guests have 32 bits. */
const MAX_ID = 2 ** 32 - 1;

const algorithmNames = algorithmTable.map(({ name }) => name);

/**
 * Reads a file of rules.
 *
 * @param name of the file, for messages
 * @throws {AccessError} `BAD_RULES` with line and column
 */
export function readRules(text: string, name: string): Rule[] {
  const { rules } = readDocument(text, name).record(["rules"]);
  if (rules === undefined) return [];
  return rules.list(MAX_RULES).map(readRule);
}

function readRule(field: Field): Rule {
  const { name, who, keys, operations: allowed, algorithms, rate } = field.record([
    "name",
    "who",
    "keys",
    "operations",
    "algorithms",
    "rate",
  ]);
  if (who === undefined) throw field.error("A rule needs who: the callers that it is for");
  return {
    name: name?.text(),
    line: field.line,
    who: who.listOrOne(MAX_ITEMS).map(readSubject),
    keys: keys?.listOrOne(MAX_ITEMS).map(pattern) ?? [],
    operations: allowed === undefined
      ? operations
      : allowed.listOrOne(operations.length).map((item) => item.choice<Operation>(operations)),
    algorithms: algorithms?.listOrOne(algorithmNames.length).map((item) =>
      item.choice<AlgorithmName>(algorithmNames)
    ),
    rate: rate && readRate(rate),
  };
}

const textProperties = ["token", "spiffe", "uri", "dns", "subject"] as const;
const numberProperties = ["cid", "uid", "gid"] as const;

function readSubject(field: Field): Subject {
  if (field.isText) {
    field.choice(["anyone"]);
    return { anyone: true };
  }
  const found = field.record([...textProperties, ...numberProperties]);
  const subject: Record<string, string | number> = {};
  for (const property of textProperties) {
    const item = found[property];
    if (item === undefined) continue;
    const text = property === "dns" ? pattern(item).toLowerCase() : pattern(item);
    if (property === "spiffe" && !text.startsWith("spiffe://") && !text.startsWith("*")) {
      throw item.error("A SPIFFE ID begins with spiffe://");
    }
    subject[property] = text;
  }
  for (const property of numberProperties) {
    const item = found[property];
    if (item !== undefined) subject[property] = item.integer(MAX_ID);
  }
  if (Object.keys(subject).length === 0) {
    throw field.error("A caller needs a property, or is anyone");
  }
  return subject;
}

function pattern(field: Field): string {
  const text = field.text();
  if (text.length === 0 || text.length > MAX_PATTERN_LENGTH) {
    throw field.error(`A pattern has 1 to ${MAX_PATTERN_LENGTH} characters`);
  }
  return text;
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

/** `100/s`, or `{ limit: 100/s, burst: 500 }`. Without a burst, it is the requests of a second, 1 at least. */
function readRate(field: Field): Rate {
  if (field.isText) {
    const perSecond = readLimit(field);
    return { perSecond, burst: Math.max(1, Math.ceil(perSecond)) };
  }
  const { limit, burst } = field.record(["limit", "burst"]);
  if (limit === undefined) throw field.error("A rate needs a limit, such as 100/s");
  const perSecond = readLimit(limit);
  return { perSecond, burst: burst?.integer(1e6, 1) ?? Math.max(1, Math.ceil(perSecond)) };
}

function readLimit(field: Field): number {
  const [, count, unit] = /^(\d{1,6})\/(s|m|h)$/.exec(field.text()) ?? [];
  if (count === undefined || Number(count) === 0) {
    throw field.error("A rate is a number from 1 on, / and s, m or h: 100/s");
  }
  return Number(count) / secondsOf[unit!]!;
}
