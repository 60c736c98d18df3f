import type { ConversationEvent } from "../wire/frames";

const most = 256;

/**
 * Events of conversations that one does not have yet: nothing orders them and the event of one's
 * own sequence that adds the conversation. What does not fit is a hole, which resuming fills.
 */
export class Early {
  #events = new Map<string, ConversationEvent[]>();
  #size = 0;

  keep(event: ConversationEvent): void {
    if (this.#size === most) this.clear();
    const kept = this.#events.get(event.conversation) ?? [];
    kept.push(event);
    this.#events.set(event.conversation, kept);
    this.#size++;
  }

  take(conversation: string): readonly ConversationEvent[] {
    const kept = this.#events.get(conversation) ?? [];
    this.#events.delete(conversation);
    this.#size -= kept.length;
    return kept;
  }

  clear(): void {
    this.#events.clear();
    this.#size = 0;
  }
}
