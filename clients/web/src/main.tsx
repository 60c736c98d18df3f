import { render } from "solid-js/web";
import { createModel } from "./model";

const root = document.getElementById("app");
if (root) {
  const model = createModel();
  model.start();
  render(() => <p>{model.session.state().kind}</p>, root);
}
