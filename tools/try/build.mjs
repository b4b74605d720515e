/**
 * Builds those files of the page that npm packages go into, called by tools/try_page.py:
 * `node build.mjs PACKAGE FOLDER NOTEBOOKS CHAPTER…`.
 */
import { gzipSync } from "node:zlib";
import { readFileSync, writeFileSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { loadPyodide } from "pyodide";
import { rendered } from "./page/markdown.js";

const HERE = dirname(fileURLToPath(import.meta.url)),
  PYODIDE = join(HERE, "node_modules", "pyodide"),
  [PACKAGE, FOLDER, NOTEBOOKS] = process.argv.slice(2, 5).map((path) => resolve(path)),
  CHAPTERS = process.argv.slice(5); // those that run here, by their numbers

/** Python's library and the package, compiled by the Python that is to run them. */
async function packed() {
  const python = await loadPyodide(),
    folder = mkdtempSync(join(tmpdir(), "try-page-"));
  python.mountNodeFS("/npm", PYODIDE);
  python.mountNodeFS("/source", dirname(PACKAGE));
  python.mountNodeFS("/packed", folder);
  python.runPython(readFileSync(join(HERE, "worker", "pack.py"), "utf8"));
  python.globals.get("pack")("/npm/python_stdlib.zip", `/source/${PACKAGE.split("/").at(-1)}`, "/packed");
  return {
    "library.zip": readFileSync(join(folder, "library.zip")),
    "package.bin": readFileSync(join(folder, "package.bin")),
  };
}

/** A file that the page unpacks by itself, for hosts that do not compress; its name changes with what is in it. */
function write(name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8),
    file = `${name}.${hash}.gz`;
  const compressed = gzipSync(bytes, { level: 9 });
  writeFileSync(join(FOLDER, "files", file), compressed);
  return { file: `files/${file}`, size: compressed.length };
}

/** Where a link of a notebook leads from here; the rest of the site lies around this page. */
function address(link) {
  const [path, anchor] = link.split("#");
  const to = anchor ? `#${anchor}` : "";
  if (path.includes("://") || path === "") return link;
  if (path.endsWith(".ipynb")) {
    const number = path.slice(0, 2);
    return CHAPTERS.includes(number) ? `?chapter=${number}` : `../course/${path.replace(".ipynb", "/")}${to}`;
  }
  const inside = path.replace(/^\.\.\//, "");
  return inside.startsWith("docs/")
    ? `../${inside.slice(5).replace(/\.md$/, "/")}${to}`
    : `../source/${inside}/${to}`;
}

/** A notebook as the page reads it: text as HTML, code as text. */
function chapter(file) {
  const { cells } = JSON.parse(readFileSync(join(NOTEBOOKS, file), "utf8"));
  const found = cells.map(({ cell_type, source }) => {
    const text = source.join("");
    return cell_type === "code" ? { code: text } : { html: rendered(text, address) };
  });
  const title = /^# (.*)/.exec(cells[0].source.join(""))[1];
  writeFileSync(join(FOLDER, "chapters", `${file.slice(0, 2)}.json`), JSON.stringify({ title, cells: found }));
}

const common = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
};
process.on("uncaughtException", (error) => {
  console.error(error.message); // and not the line of a program of a megabyte
  process.exit(1);
});
mkdirSync(join(FOLDER, "files"), { recursive: true });
const worker = await build({
  ...common,
  entryPoints: [join(HERE, "worker", "worker.js")],
  loader: { ".py": "text" },
  external: ["node:*", "fs", "path", "url", "vm", "ws", "module", "crypto", "child_process"],
  write: false,
});
const parts = await packed();
const assets = {
  worker: write("worker.js", worker.outputFiles[0].contents),
  wasm: write("python.wasm", readFileSync(join(PYODIDE, "pyodide.asm.wasm"))),
  library: write("library.zip", parts["library.zip"]),
  files: write("package.bin", parts["package.bin"]),
};
await build({
  ...common,
  entryPoints: { page: join(HERE, "page", "main.js"), style: join(HERE, "page", "style.css") },
  outdir: join(FOLDER, "files"),
  external: ["*.woff2"], // tools/try_page.py writes the font beside the style
  splitting: true,
  chunkNames: "[name].[hash]",
  define: { ASSETS: JSON.stringify(assets) },
});
for (const file of readdirSync(NOTEBOOKS))
  if (CHAPTERS.includes(file.slice(0, 2)) && file.endsWith(".ipynb")) chapter(file);
