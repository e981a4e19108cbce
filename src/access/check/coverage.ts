/** Rules that other rules cover. @module */
import { Glob, type Rule, separatorOf, type Subject } from "../mod.ts";

/** 10,000: pairs of states that are looked at. Over it, two patterns count as different. */
const MAX_STATES = 10_000;

/** A character that is in no pattern. */
const OTHER = "\uffff";

/** Reports whether `outer` matches every text that `inner` matches. */
export function globCovers(outer: Glob, inner: Glob): boolean {
  const characters = new Set([outer.separator, OTHER]);
  for (const part of [...outer.parts, ...inner.parts]) {
    if (typeof part === "string") characters.add(part);
  }
  // A walk through the states that both patterns reach by the same text.
  const seen = new Set<string>();
  const waiting = [[outer.start(), inner.start()] as const];
  for (const [outside, inside] of waiting) {
    if (inner.accepts(inside) && !outer.accepts(outside)) return false;
    for (const character of characters) {
      const next = [outer.step(outside, character), inner.step(inside, character)] as const;
      if (next[1].size === 0) continue;
      const name = next.map((states) => [...states].sort().join(",")).join(";");
      if (seen.has(name)) continue;
      if (seen.size === MAX_STATES) return false;
      seen.add(name);
      waiting.push(next);
    }
  }
  return true;
}

/** Reports whether every caller that fits `inner` fits `outer`. */
function subjectCovers(outer: Subject, inner: Subject): boolean {
  if (outer.anyone) return true;
  return (Object.keys(outer) as (keyof Subject)[]).every((property) => {
    const [wide, narrow] = [outer[property], inner[property]];
    if (typeof wide !== "string" || typeof narrow !== "string") return wide === narrow;
    return patternCovers(wide, narrow, separatorOf(property));
  });
}

/** Reports whether every request that `inner` allows is allowed by `outer`. */
export function ruleCovers(outer: Rule, inner: Rule, isOnKeys: boolean): boolean {
  const { algorithms } = outer;
  return inner.who.every((subject) => outer.who.some((wide) => subjectCovers(wide, subject))) &&
    inner.operations.every((operation) => outer.operations.includes(operation)) &&
    (!isOnKeys || inner.keys.every((key) => outer.keys.some((wide) => patternCovers(wide, key)))) &&
    (algorithms === undefined ||
      inner.algorithms !== undefined &&
        inner.algorithms.every((algorithm) => algorithms.includes(algorithm)));
}

function patternCovers(outer: string, inner: string, separator = "/"): boolean {
  return outer === inner || globCovers(new Glob(outer, separator), new Glob(inner, separator));
}
