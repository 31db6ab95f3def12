// Python in a thread of its own, so that the page answers while it loads. It asks nobody but where it came from.
import { loadPyodide } from "./pyodide.mjs";

const told = (stage) => postMessage({ stage });

async function start() {
  told(1);
  const packages = fetch("packages.zip").then((answer) => answer.arrayBuffer());
  const python = await loadPyodide({ indexURL: new URL(".", import.meta.url).href });
  told(2);
  const home = python.runPython("import site; site.getsitepackages()[0]");
  python.unpackArchive(await packages, "zip", { extractDir: home });
  told(3);
  const playground = python.runPython("from playground import Playground; Playground()");
  told(4);
  return playground;
}

const playground = start();
// Questions are answered in their order, the first ones once Python has started.
onmessage = async ({ data: { id, asked } }) => {
  try {
    postMessage({ id, answer: (await playground).answer(asked) });
  } catch (error) {
    postMessage({ id, failed: String(error) });
  }
};
