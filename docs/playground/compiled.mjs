// Compiles what Python imports, by the very Python that will import it: node compiled.mjs FOLDER ARCHIVE=LEVEL...
// A browser then starts in half the time. A program becomes a `.pyc`; level 2 leaves out docstrings and assertions.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...archives] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(resolve(folder), "pyodide.mjs")));
const python = await loadPyodide({ indexURL: resolve(folder) });

const PROGRAM = `
from importlib._bootstrap_external import _code_to_hash_pyc
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

# It looks for its programs by their names.
SOUGHT = "schwifty/checksum/"

def compiled(data, level):
    made = BytesIO()
    with ZipFile(BytesIO(data.to_bytes())) as old, ZipFile(made, "w", ZIP_DEFLATED, compresslevel=9) as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith(".py") and not name.startswith(SOUGHT):
                code = compile(text, name, "exec", dont_inherit=True, optimize=level)
                name, text = f"{name}c", bytes(_code_to_hash_pyc(code, bytes(8), checked=False))
            new.writestr(name, text)
    return made.getvalue()

compiled
`;
const compiled = python.runPython(PROGRAM);
for (const archive of archives) {
  const [name, level] = archive.split("=");
  const path = join(folder, name);
  writeFileSync(path, compiled(new Uint8Array(readFileSync(path)), Number(level)).toJs());
}
