/**
 * Python in its worker: loading, running one cell after the other, stopping.
 *
 * Everything is fetched once and kept, so that a fresh worker, after a loop that was stopped, asks the network nothing.
 */

const PATIENCE = 1000; // milliseconds that an interrupted loop has before its worker is ended

/** The bytes of a file that was compressed with gzip; some hosts unpack such files themselves. */
async function fetched(file, onBytes, signal) {
  const response = await fetch(file, { signal });
  if (!response.ok) throw new Error(`${file}: ${response.status} ${response.statusText}`);
  let isFirst = true,
    isPacked = true;
  const counted = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        if (isFirst) isPacked = chunk[0] === 0x1f && chunk[1] === 0x8b;
        isFirst = false;
        onBytes(chunk.byteLength);
        controller.enqueue(chunk);
      },
    }),
  );
  const reader = counted.getReader(),
    first = await reader.read(),
    whole = new ReadableStream({
      start: (controller) => (first.done ? controller.close() : controller.enqueue(first.value)),
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    });
  return isPacked ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
}

const bytesOf = async (stream) => new Uint8Array(await new Response(stream).arrayBuffer());

export class Python {
  /**
   * @param assets the files, each with its size
   * @param onState called with "loading" (and the share that has come), "starting", "ready", "running", "failed"
   */
  constructor(assets, onState) {
    this.assets = assets;
    this.onState = onState;
    this.onFresh = () => {}; // called when a worker with all variables has ended
    this.waiting = [];
    this.current = null;
    this.isReady = false;
  }

  /** Begins to load; called again, it does nothing, unless the first time failed. */
  load() {
    const all = new AbortController();
    this.loading ??= this.#load(all.signal).catch((error) => {
      all.abort();
      this.#fail(error.message);
    });
    return this.loading;
  }

  /** Gives up, until the next run loads once more. */
  #fail(reason) {
    this.loading = undefined;
    this.onState("failed", reason);
    for (const run of this.waiting.splice(0)) run.resolve("failed");
  }

  async #load(signal) {
    if (!globalThis.DecompressionStream) throw new Error("it needs a browser of 2023 or later");
    const total = Object.values(this.assets).reduce((sum, { size }) => sum + size, 0);
    let come = 0;
    const onBytes = (count) => {
      if (signal.aborted) return;
      come += count;
      this.onState("loading", Math.min(come, total), total);
    };
    onBytes(0);
    const [worker, wasm, library, files] = await Promise.all(
      ["worker", "wasm", "library", "files"].map(async (name) => {
        const stream = await fetched(this.assets[name].file, onBytes, signal);
        if (name !== "wasm") return bytesOf(stream);
        return WebAssembly.compileStreaming(
          new Response(stream, { headers: { "content-type": "application/wasm" } }),
        );
      }),
    );
    this.url = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));
    this.parts = { wasm, library, files };
    this.#start();
  }

  #start() {
    this.isReady = false;
    this.onState("starting");
    this.interrupt = globalThis.crossOriginIsolated ? new Uint8Array(new SharedArrayBuffer(1)) : null;
    this.worker = new Worker(this.url, { type: "module" });
    this.worker.onmessage = ({ data }) => this.#hear(data);
    this.worker.onerror = (event) => this.#hear({ kind: "fatal", text: event.message || "the worker ended" });
    this.worker.postMessage({ start: { ...this.parts, interrupt: this.interrupt } });
  }

  #startAnew() {
    this.onFresh();
    this.#start();
  }

  #hear(message) {
    if (message.kind === "ready") {
      this.isReady = true;
      this.onState("ready");
      this.#next();
    } else if (message.kind === "done") {
      this.#end(message.outcome);
      this.#next();
    } else if (message.kind === "fatal") {
      const wasReady = this.isReady;
      this.worker.terminate();
      this.current?.hear({ kind: "fatal", text: message.text });
      this.#end("gone");
      if (wasReady) this.#startAnew();
      else this.#fail(message.text);
    } else {
      this.current?.hear(message);
    }
  }

  #end(outcome) {
    const run = this.current;
    this.current = null;
    clearTimeout(this.timer);
    run?.resolve(outcome);
  }

  #next() {
    if (!this.isReady || this.current || this.waiting.length === 0) return;
    this.current = this.waiting.shift();
    this.onState("running");
    this.current.begin();
    const { code, cell, isCourse } = this.current,
      above = this.current.above();
    this.worker.postMessage({ run: { code, cell, isCourse, above } });
  }

  /** Runs code behind what waits already: "fine", "error", "lacking", "stopped", "gone" or "failed". */
  run({ code, cell, isCourse, above = () => [], begin, hear }) {
    return new Promise((resolve) => {
      const done = (outcome) => {
        resolve(outcome);
        if (!this.current && this.isReady) this.onState("ready");
      };
      this.waiting.push({ code, cell, isCourse, above, begin, hear, resolve: done });
      this.load();
      this.#next();
    });
  }

  /** Stops what runs, and drops what waits. Without shared memory only a fresh Python helps. */
  stop() {
    for (const run of this.waiting.splice(0)) run.resolve("stopped");
    if (!this.current) return;
    if (this.interrupt) {
      this.interrupt[0] = 2; // SIGINT: Python raises KeyboardInterrupt
      this.timer = setTimeout(() => this.#replace(), PATIENCE);
    } else {
      this.#replace();
    }
  }

  #replace() {
    if (!this.current) return;
    this.worker.terminate();
    this.isReady = false;
    this.#end("stopped");
    this.#startAnew();
  }
}
