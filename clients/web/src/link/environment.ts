/** What a page knows about its user and its network. */
export interface Environment {
  online(): boolean;
  /** The page can be seen. */
  visible(): boolean;
  /** The page can be seen and is the one that is typed into. */
  focused(): boolean;
  /** Calls back when one of the above may have changed, and when the page comes back from sleep. */
  watch(listener: () => void): () => void;
}

export function browserEnvironment(): Environment {
  return {
    online: () => navigator.onLine,
    visible: () => document.visibilityState === "visible",
    focused: () => document.visibilityState === "visible" && document.hasFocus(),
    watch(listener) {
      const abort = new AbortController();
      const { signal } = abort;
      for (const name of ["online", "offline", "focus", "blur", "pageshow", "pagehide", "resume"]) {
        window.addEventListener(name, listener, { signal });
      }
      document.addEventListener("visibilitychange", listener, { signal });
      return () => abort.abort();
    },
  };
}
