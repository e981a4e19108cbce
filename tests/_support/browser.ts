/** A headless Chromium, driven by its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/). */

/** Time limit of a start and of each command: a busy machine takes some seconds. */
const TIMEOUT_MS = 60_000;

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly [name: string]: unknown };
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** The look of a page. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
}

/** A browser with one page. */
export class Browser implements AsyncDisposable {
  /** Errors of the page: uncaught exceptions, refused loads, and violations of its policy. */
  readonly faults: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  #session: string | undefined;
  #commands = 0;

  private constructor(child: Deno.ChildProcess, folder: string, socket: WebSocket) {
    this.#child = child;
    this.#folder = folder;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
  }

  /** Starts a browser, by the path of its program and further options. */
  static async start(program: string, ...options: readonly string[]): Promise<Browser> {
    const folder = await Deno.makeTempDir();
    const child = new Deno.Command(program, {
      args: [
        ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        ...["--remote-debugging-port=0", `--user-data-dir=${folder}`, ...options, "about:blank"],
      ],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const socket = new WebSocket(await debuggingAddress(child.stderr));
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    const browser = new Browser(child, folder, socket);
    const { targetId } = await browser.#send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.#send("Target.attachToTarget", { targetId, flatten: true });
    browser.#session = sessionId as string;
    for (const domain of ["Page", "Runtime", "Log"]) await browser.#send(`${domain}.enable`);
    return browser;
  }

  async open(url: string, { width, height, scheme }: Look): Promise<void> {
    const isPhone = width < 600;
    await this.#send("Emulation.setDeviceMetricsOverride", {
      ...{ width, height, deviceScaleFactor: 1, mobile: isPhone },
    });
    await this.#send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: scheme }],
    });
    await this.#send("Page.navigate", { url });
  }

  /** Evaluates an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result } = await this.#send("Runtime.evaluate", { expression, returnByValue: true });
    return (result as { value: T }).value;
  }

  /** Waits until an expression in the page is true. */
  async until(expression: string): Promise<void> {
    const end = performance.now() + TIMEOUT_MS;
    while (!await this.evaluate<boolean>(`Boolean(${expression})`)) {
      if (performance.now() > end) throw new Error(`The page has not come to: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Takes a picture of the whole page, as PNG. */
  async picture(): Promise<Uint8Array> {
    const { data } = await this.#send("Page.captureScreenshot", { captureBeyondViewport: true });
    return Uint8Array.fromBase64(data as string);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#session = undefined;
    await this.#send("Browser.close").catch(() => this.#child.kill("SIGKILL"));
    this.#socket.close();
    await closed;
    await this.#child.status;
    // Processes of the browser may still write there.
    for (let attempt = 0; attempt < 20; attempt++) {
      try {
        return await Deno.remove(this.#folder, { recursive: true });
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async #send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#commands;
    const waiting = Promise.withResolvers<Record<string, unknown>>();
    this.#waiting.set(id, waiting);
    const late = setTimeout(() => waiting.reject(new Error(`${method}: no answer`)), TIMEOUT_MS);
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    try {
      return await waiting.promise;
    } finally {
      clearTimeout(late);
      this.#waiting.delete(id);
    }
  }

  #receive({ id, method, params, result, error }: Answer): void {
    if (id !== undefined) {
      const waiting = this.#waiting.get(id);
      if (error) waiting?.reject(new Error(error.message));
      else waiting?.resolve(result ?? {});
    }
    if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded") {
      this.faults.push(JSON.stringify(params));
    }
  }
}

/** Reads the address of the protocol from the browser's standard error, and the rest of that. */
async function debuggingAddress(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const found = Promise.withResolvers<string>();
  const late = setTimeout(() => found.reject(new Error("The browser does not start")), TIMEOUT_MS);
  (async () => {
    let text = "";
    for await (const chunk of stderr) {
      if (text.length > 100_000) continue;
      text += new TextDecoder().decode(chunk);
      const address = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (address !== undefined) found.resolve(address);
    }
    found.reject(new Error(`The browser has ended:\n${text}`));
  })();
  try {
    return await found.promise;
  } finally {
    clearTimeout(late);
  }
}
