import type { JSX } from "solid-js";
import type { SetStoreFunction } from "solid-js/store";
import { t } from "../../i18n";
import { bytes } from "../lib/bytes";
import { Check, TextArea, TextField } from "../ui/field";

export interface RoomForm {
  name: string;
  description: string;
  private: boolean;
  moderated: boolean;
  /** As typed; empty for no limit. */
  capacity: string;
}

const MAX_NAME = 64;
const MAX_DESCRIPTION = 1024;

export const nameWrong = (name: string): string | undefined => {
  const text = name.trim();
  return text && bytes(text) <= MAX_NAME ? undefined : t("code.room_name_invalid");
};

export const descriptionWrong = (text: string): string | undefined =>
  bytes(text) > MAX_DESCRIPTION ? t("room.description.long") : undefined;

export const capacityOf = (typed: string): number => Math.max(0, Math.floor(Number(typed) || 0));

/** What a room is like: the same questions when it is made and later. */
export function RoomFields(props: {
  form: RoomForm;
  set: SetStoreFunction<RoomForm>;
  code: string | undefined;
  wrong: string | undefined;
  tried: boolean;
}): JSX.Element {
  const name = () => {
    if (props.code === "room_name_taken" || props.code === "room_name_invalid") return props.wrong;
    return props.tried ? nameWrong(props.form.name) : undefined;
  };
  return (
    <>
      <TextField
        label={t("room.name")}
        autofocus
        required
        autocomplete="off"
        value={props.form.name}
        wrong={name()}
        onInput={(e) => props.set("name", e.currentTarget.value)}
      />
      <TextArea
        label={t("room.description")}
        optional={t("optional")}
        rows="3"
        value={props.form.description}
        wrong={descriptionWrong(props.form.description)}
        onInput={(e) => props.set("description", e.currentTarget.value)}
      />
      <Check
        label={t("room.private")}
        hint={t("room.private.hint")}
        checked={props.form.private}
        onChange={(e) => props.set("private", e.currentTarget.checked)}
      />
      <Check
        label={t("room.moderated")}
        hint={t("room.moderated.hint")}
        checked={props.form.moderated}
        onChange={(e) => props.set("moderated", e.currentTarget.checked)}
      />
      <TextField
        label={t("room.capacity")}
        optional={t("optional")}
        hint={t("room.capacity.hint")}
        inputmode="numeric"
        autocomplete="off"
        value={props.form.capacity}
        wrong={props.code === "validation_failed" ? props.wrong : undefined}
        onInput={(e) => props.set("capacity", e.currentTarget.value.replace(/\D/g, "").slice(0, 6))}
      />
    </>
  );
}
