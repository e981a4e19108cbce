/** The access control of a server on one thread: who calls, and what the caller may do. @module */
import { type CallContext, type Caller, formatCaller, RpcError } from "../grpc/mod.ts";
import { type Permissions, RulePermissions, UNRESTRICTED } from "./permissions.ts";
import { RateLimits } from "./rate_limits.ts";
import { RefusedAttempts } from "./refusals.ts";
import { CompiledRule, type Rule } from "./rule.ts";
import { refusalOf, type TokenEntry, TokenSet } from "./tokens.ts";

/** The tokens and rules of a server: plain data, which is posted to its threads. */
export interface AccessPolicy {
  /** Undefined: callers present no tokens, and `authorization` is not looked at. */
  readonly tokens: readonly TokenEntry[] | undefined;
  /** Undefined: every caller may do everything. */
  readonly rules: readonly Rule[] | undefined;
  /** The buckets of the rules' rates (`RateLimits.memory()`), which threads share. */
  readonly rates: SharedArrayBuffer;
}

/**
 * Receives a refused attempt to authenticate, and a denied request.
 *
 * @param peerIdentity `CallContext.peerIdentity`
 */
export type RefusalReport = (refusal: {
  readonly reason: string;
  readonly caller: string;
  readonly peer: string;
  readonly method: string;
}, peerIdentity: string) => void;

/** 8: tokens of one connection that are remembered. Others are looked up at each call. */
const MAX_TOKENS_OF_CONNECTION = 8;

/** 1,024: sets of rules that fit a caller for which permissions are shared. */
const MAX_SHARED = 1_024;

/** The outcome of a look at the token of a call. */
type Identity =
  | { readonly kind: "known"; readonly caller: Caller }
  | { readonly kind: "refused"; readonly reason: string; readonly message: string };

/** A policy with the state of a thread. A new policy begins with a new state. */
interface State {
  readonly tokens: TokenSet | undefined;
  readonly rules: readonly CompiledRule[] | undefined;
  readonly rates: RateLimits;
  /** Accepted tokens by connection and value of `authorization`. */
  readonly accepted: WeakMap<Caller, Map<string, TokenCaller>>;
  readonly permissions: WeakMap<Caller, Permissions>;
  /** Permissions by the rules that fit. Connections of one client share them, with their caches. */
  readonly shared: Map<string, Permissions>;
}

/** A caller whose token was accepted. */
class TokenCaller implements Caller {
  readonly connection: Caller;
  readonly entry: TokenEntry;
  /** The state in which it was accepted. Under a new policy the token is looked up again. */
  readonly state: State;

  constructor(connection: Caller, entry: TokenEntry, state: State) {
    this.connection = connection;
    this.entry = entry;
    this.state = state;
  }

  get peer() {
    return this.connection.peer;
  }

  get certificate() {
    return this.connection.certificate;
  }

  get token() {
    return this.entry.name;
  }
}

/**
 * Identifies callers and finds their permissions. A token is looked up once for a connection, the rules once for a
 * caller and once for a key; a call then costs lookups in maps.
 */
export class Access {
  readonly #report: RefusalReport;
  readonly #refused = new RefusedAttempts();
  #state: State;

  constructor(policy: AccessPolicy, report: RefusalReport) {
    this.#report = report;
    this.#state = stateOf(policy);
  }

  /** Takes another policy, for the calls and the items of streams from now on. */
  replace(policy: AccessPolicy): void {
    this.#state = stateOf(policy);
  }

  /**
   * Identifies the caller of a call, and sets `context.caller`.
   *
   * @returns a promise, which is rejected, when the peer was refused too often and is to wait
   * @throws {RpcError} UNAUTHENTICATED
   */
  authenticate(context: CallContext): void | Promise<never> {
    const identity = this.#identify(context);
    if (identity.kind === "known") {
      context.caller = identity.caller;
      return;
    }
    const { reason, message } = identity;
    this.report(context, reason);
    const error = new RpcError("UNAUTHENTICATED", message);
    const delay = this.#refused.add(context.peerIdentity);
    if (delay === 0) throw error;
    return this.#refused.wait(delay, context.signal).then(() => {
      throw error;
    });
  }

  /** Reports a refused call. */
  report({ caller, peer, peerIdentity, method }: CallContext, reason: string): void {
    this.#report({ reason, caller: formatCaller(caller), peer, method }, peerIdentity);
  }

  /**
   * Finds the permissions of a call's caller, by the policy of now: a stream asks for each item.
   *
   * @throws {RpcError} UNAUTHENTICATED when the token is not accepted, or not any more
   */
  permissionsOf(context: Pick<CallContext, "caller" | "metadata">): Permissions {
    const identity = this.#identify(context);
    if (identity.kind === "refused") throw new RpcError("UNAUTHENTICATED", identity.message);
    const { caller } = identity;
    context.caller = caller;
    const { permissions } = this.#state;
    let known = permissions.get(caller);
    if (known === undefined) {
      known = this.#permissionsOf(caller);
      permissions.set(caller, known);
    }
    return known;
  }

  #permissionsOf(caller: Caller): Permissions {
    const { rules, rates, shared } = this.#state;
    if (rules === undefined) return UNRESTRICTED;
    const fitting = rules.filter((rule) => rule.fitsCaller(caller));
    const name = fitting.map(({ index }) => index).join(" ");
    const known = shared.get(name);
    if (known !== undefined) return known;
    const made = new RulePermissions(fitting, rates);
    if (shared.size >= MAX_SHARED) shared.clear();
    shared.set(name, made);
    return made;
  }

  #identify({ caller, metadata }: Pick<CallContext, "caller" | "metadata">): Identity {
    const state = this.#state;
    const isIssued = caller instanceof TokenCaller;
    // Another look at the token of the same call.
    if (isIssued && caller.state === state) return identityOf(caller);
    const { tokens, rules, accepted } = state;
    const connection = isIssued ? caller.connection : caller;
    if (tokens === undefined) return { kind: "known", caller: connection };
    const authorization = metadata.get("authorization");
    if (authorization === undefined) {
      // Rules decide about a caller without a token, by its connection.
      if (rules !== undefined) return { kind: "known", caller: connection };
      return refused("no token", "A token is needed: send authorization: Bearer TOKEN");
    }
    const header = String(authorization);
    const known = accepted.get(connection)?.get(header);
    return known === undefined ? this.#lookUp(connection, header) : identityOf(known);
  }

  #lookUp(connection: Caller, header: string): Identity {
    const { tokens, accepted } = this.#state;
    const [, token] = /^Bearer (.*)$/i.exec(header) ?? [];
    if (token === undefined) {
      return refused("no bearer token", "The authorization is not of the form: Bearer TOKEN");
    }
    const verdict = tokens!.find(token, Date.now());
    if (verdict.kind === "refused") return refusedToken(verdict.reason);
    const caller = new TokenCaller(connection, verdict.entry, this.#state);
    let ofConnection = accepted.get(connection);
    if (ofConnection === undefined) accepted.set(connection, ofConnection = new Map());
    if (ofConnection.size < MAX_TOKENS_OF_CONNECTION) ofConnection.set(header, caller);
    return { kind: "known", caller };
  }
}

function stateOf({ tokens, rules, rates }: AccessPolicy): State {
  return {
    tokens: tokens && new TokenSet(tokens),
    rules: rules?.map((rule, index) => new CompiledRule(rule, index)),
    rates: new RateLimits(rules ?? [], rates),
    accepted: new WeakMap(),
    permissions: new WeakMap(),
    shared: new Map(),
  };
}

/** The identity of a caller whose token was accepted, unless it has expired since. */
function identityOf(caller: TokenCaller): Identity {
  const { notBefore, expires } = caller.entry;
  if ((notBefore ?? expires) === undefined) return { kind: "known", caller };
  const reason = refusalOf(caller.entry, Date.now());
  return reason === undefined ? { kind: "known", caller } : refusedToken(reason);
}

function refused(reason: string, message: string): Identity {
  return { kind: "refused", reason, message };
}

/** The refusal of a token. Only the holder of a known token learns more than that it is refused. */
function refusedToken(reason: string): Identity {
  return refused(reason, `The token is refused: ${reason}`);
}
