// The frames that this client sends. Everything else it does over HTTP.

import type { Target } from "./objects";

export const version = "1.0";

export type Command =
  | {
      readonly type: "client_hello";
      readonly version: string;
      readonly client_name: string;
      readonly features: readonly string[];
    }
  /** Without a token: the cookie of the handshake says who it is. */
  | { readonly type: "authenticate"; readonly request_id: string }
  | {
      readonly type: "resume";
      readonly request_id: string;
      readonly positions: Readonly<Record<string, number>>;
      readonly user_seq?: number;
    }
  | {
      readonly type: "send_message";
      readonly request_id: string;
      readonly target: Target;
      readonly content: string;
      readonly client_msg_id: string;
    }
  | { readonly type: "typing"; readonly target: Target }
  | { readonly type: "ping" };

export const hello = (name: string): Command => ({
  type: "client_hello",
  version,
  client_name: name,
  features: ["resume"],
});
