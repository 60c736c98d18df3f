import { render } from "solid-js/web";
import { createModel, type Model } from "./model";
import { App } from "./view/app";
import { followMissingParts } from "./view/lib/broken";

// Only `vite --mode mock` has the mock: in a build for people the condition is false, and it is gone.
async function model(): Promise<Model> {
  if (import.meta.env.MODE === "mock") return (await import("./mock")).createMock();
  return createModel();
}

followMissingParts();
const root = document.getElementById("app");
if (root) {
  const made = await model();
  made.start();
  render(() => <App model={made} />, root);
}
