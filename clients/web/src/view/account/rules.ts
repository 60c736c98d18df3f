import { t } from "../../i18n";
import { bytes } from "../lib/bytes";

// The server decides; this only spares a round trip, so it is never stricter.

export function usernameWrong(name: string): string | undefined {
  const size = bytes(name);
  return size >= 3 && size <= 32 && /^[\p{L}\p{N}][\p{L}\p{N}_]*$/u.test(name)
    ? undefined
    : t("code.username_invalid");
}

export const emailWrong = (email: string): string | undefined =>
  /^[^\s@]+@[^\s@]+$/.test(email) && bytes(email) <= 254 ? undefined : t("code.email_invalid");

export function passwordWrong(password: string): string | undefined {
  const size = bytes(password);
  return size >= 8 && size <= 1024 ? undefined : t("code.password_too_weak");
}
