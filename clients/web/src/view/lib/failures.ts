import { isKey, t } from "../../i18n";
import type { Failure } from "../../model";

const isFailure = (e: unknown): e is Failure =>
  typeof e === "object" && e !== null && "code" in e && "message" in e;

/** What went wrong, in the language of the page where the code is known. */
export function failureText(e: unknown): string {
  if (!isFailure(e)) return t("code.internal_error");
  const key = `code.${e.code}`;
  if ((e.code === "rate_limited" || e.code === "account_locked") && e.retryAfter) {
    return t(e.code === "rate_limited" ? "wait.limited" : "wait.locked", {
      n: Math.ceil(e.retryAfter),
    });
  }
  return isKey(key) ? t(key) : e.message || t("code.internal_error");
}

export const codeOf = (e: unknown): string => (isFailure(e) ? e.code : "internal_error");
