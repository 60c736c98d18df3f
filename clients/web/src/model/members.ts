import { type Accessor, createSignal } from "solid-js";
import type { Http } from "../link/http";
import { members as membersBody } from "../wire/bodies";
import type { Member, RoomRole } from "../wire/objects";
import type { Lagging, Pulse } from "./pulse";
import type { LoadStatus, Members } from "./types";

const rank: Readonly<Record<RoomRole, number>> = { owner: 0, moderator: 1, member: 2 };

/** The members of one room: read once, then kept by events. */
export class RoomMembers implements Members, Lagging {
  readonly list: Accessor<readonly Member[]>;
  readonly status: Accessor<LoadStatus>;
  #members = new Map<string, Member>();
  #status: LoadStatus = "idle";
  #loading: Promise<void> | undefined;
  /** An event came while they were being read: what was read may be older. */
  #dirty = false;
  #publish: () => void;

  constructor(
    private readonly room: string,
    private readonly http: Http,
    private readonly pulse: Pulse,
    private readonly onLoaded: (members: readonly Member[]) => void,
  ) {
    const [list, setList] = createSignal<readonly Member[]>([]);
    const [status, setStatus] = createSignal<LoadStatus>("idle");
    this.list = list;
    this.status = status;
    this.#publish = () => {
      setStatus(this.#status);
      setList(
        [...this.#members.values()].sort(
          (a, b) =>
            rank[a.role] - rank[b.role] || Date.parse(a.joined_at) - Date.parse(b.joined_at),
        ),
      );
    };
  }

  publish(): void {
    this.#publish();
  }

  load(): Promise<void> {
    if (this.#status === "ready") return Promise.resolve();
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(): Promise<void> {
    if (this.#status !== "ready") this.#status = "loading";
    this.pulse.mark(this);
    try {
      for (let attempt = 0; attempt < 3; attempt++) {
        this.#dirty = false;
        const body = await this.http.get(`/rooms/${this.room}/members`, membersBody);
        this.#members = new Map(body.members.map((m) => [m.user_id, m]));
        if (!this.#dirty) break;
      }
      this.#status = "ready";
      this.onLoaded([...this.#members.values()]);
    } catch {
      if (this.#status !== "ready") this.#status = "failed";
    }
    this.#publish();
  }

  /** Events may have been missed: read them again, if they are shown at all. */
  refresh(): void {
    if (this.#status === "idle" || this.#loading) return;
    this.#loading = this.#read().finally(() => {
      this.#loading = undefined;
    });
  }

  put(member: Member): void {
    this.#dirty = true;
    if (this.#status !== "ready") return;
    this.#members.set(member.user_id, member);
    this.pulse.mark(this);
  }

  change(userId: string, change: Partial<Pick<Member, "role" | "muted_until">>): void {
    this.#dirty = true;
    const member = this.#members.get(userId);
    if (!member) return;
    this.#members.set(userId, { ...member, ...change });
    this.pulse.mark(this);
  }

  remove(userId: string): void {
    this.#dirty = true;
    if (this.#members.delete(userId)) this.pulse.mark(this);
  }
}
