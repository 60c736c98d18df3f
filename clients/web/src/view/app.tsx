import {
  ErrorBoundary,
  type JSX,
  lazy,
  Match,
  onCleanup,
  onMount,
  Suspense,
  Switch,
} from "solid-js";
import { t } from "../i18n";
import type { Model } from "../model";
import { Starting } from "./account/starting";
import "./look/tokens.css";
import "./look/base.css";
import { partMissing } from "./lib/broken";
import { ModelContext } from "./lib/context";
import { applyPrefs } from "./lib/prefs";
import { startRouting } from "./lib/route";
import { followUpdates } from "./lib/update";
import { Shell } from "./shell/shell";
import { ErrorState } from "./ui/states";
import { Tips } from "./ui/tips";
import { Toasts } from "./ui/toasts";

const Gate = lazy(() => import("./account/gate"));

/** The whole page. */
export function App(props: { model: Model }): JSX.Element {
  applyPrefs();
  followUpdates();
  onMount(() => onCleanup(startRouting()));
  const kind = () => props.model.session.state().kind;
  return (
    <ModelContext.Provider value={props.model}>
      <ErrorBoundary
        fallback={(_, reset) => (
          <ErrorState
            text={t("error.page")}
            onRetry={partMissing() ? () => location.reload() : reset}
          />
        )}
      >
        <Suspense fallback={<Starting />}>
          <Switch>
            <Match when={kind() === "starting"}>
              <Starting />
            </Match>
            <Match when={kind() === "out"}>
              <Gate />
            </Match>
            <Match when={kind() === "in"}>
              <Shell />
            </Match>
          </Switch>
        </Suspense>
        <Toasts />
        <Tips />
      </ErrorBoundary>
    </ModelContext.Provider>
  );
}
