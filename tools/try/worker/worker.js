/**
 * The worker in which Python runs. The page gives it all bytes, so that it loads nothing by itself.
 *
 * It hears { start } once, then { run }, and answers with messages whose `kind` says what they are.
 */
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import { loadPyodide, version } from "pyodide";
import { info } from "pyodide/pyodide-lock.json";
import { instance } from "@viz-js/viz";
import runner from "./runner.py";

const FOLDER = "https://python.invalid/"; // of files that are here already: nothing is asked of this host

/** Answers Pyodide's requests from the bytes at hand. */
function serve(wasm, library) {
  self.fetch = async (url) => {
    if (String(url) === `${FOLDER}library.zip`) return new Response(library);
    if (String(url) === `${FOLDER}pyodide.asm.wasm`) return new Response();
    throw new TypeError(`this page loads nothing from ${url}`);
  };
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (response, imports) => {
    WebAssembly.instantiateStreaming = instantiateStreaming;
    try {
      return { module: wasm, instance: await WebAssembly.instantiate(wasm, imports) };
    } catch (error) {
      post("fatal", `this browser cannot run it: ${error.message}`); // Pyodide would wait for ever
      throw error;
    }
  };
}

/** Writes the files of the package, which pack.py has put one behind the other. */
function unpack(FS, folder, bytes) {
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const sizes = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let start = 4 + length;
  const made = new Set();
  for (const [name, size] of Object.entries(sizes)) {
    const path = `${folder}/${name}`,
      parent = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(parent)) FS.mkdirTree(parent);
    made.add(parent);
    FS.writeFile(path, bytes.subarray(start, start + size), { canOwn: true });
    start += size;
  }
}

const post = (kind, text, title, height) => self.postMessage({ kind, text, title, height });

let graphviz,
  isSpent = true; // a graph that was too large may have left Graphviz broken

async function prepareGraphviz() {
  if (isSpent) graphviz = await instance();
  isSpent = false;
}

function layOut(source) {
  try {
    return graphviz.renderString(source, { format: "svg", engine: "dot" });
  } catch (error) {
    isSpent = error instanceof RangeError || error instanceof WebAssembly.RuntimeError;
    throw error;
  }
}

async function start({ wasm, library, files, interrupt }) {
  serve(wasm, library);
  const [pyodide] = await Promise.all([
    loadPyodide({
      createPyodideModule,
      indexURL: FOLDER,
      stdLibURL: `${FOLDER}library.zip`,
      lockFileContents: { info: { ...info, version }, packages: {} },
      packageBaseUrl: FOLDER,
      fsInit: async (FS, { sitePackages }) => unpack(FS, sitePackages, files),
      env: { HOME: "/home/you", PYTHONDONTWRITEBYTECODE: "1" },
    }),
    prepareGraphviz(),
  ]);
  pyodide.setStdin({ error: true }); // there is no keyboard to ask
  if (interrupt) pyodide.setInterruptBuffer(interrupt);
  const names = pyodide.globals.get("dict")();
  pyodide.runPython(runner, { globals: names });
  return names.get("start")(post, layOut);
}

let running;
self.onmessage = async ({ data }) => {
  try {
    if (data.start) {
      running = await start(data.start);
      self.postMessage({ kind: "ready" });
    } else {
      const { code, cell, isCourse, above } = data.run;
      await prepareGraphviz();
      const outcome = running(code, cell, isCourse, above);
      if (outcome === "full") throw new Error("MemoryError");
      self.postMessage({ kind: "done", outcome });
    }
  } catch (error) {
    self.postMessage({ kind: "fatal", text: String(error?.message ?? error).slice(-2000) });
  }
};
