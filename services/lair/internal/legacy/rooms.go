package legacy

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/room"
)

// join is a membership.
type join struct {
	room, user id.UUID
	role, at   int64
	makes      bool // the room
}

// maxRoomName and maxDescription are in bytes.
const maxRoomName, maxDescription = 64, 1024

// roomsAndMembers writes the rooms that are new, and collects who is to join which.
func (im *importer) roomsAndMembers(ctx context.Context) error {
	members, err := im.members(ctx)
	if err != nil {
		return err
	}
	err = im.old.each(ctx, "rooms", "created_at, rowid", func(r row) error {
		count := &im.report.Rooms
		count.Found++
		which, called := r.id("id"), r.text("name")
		h := im.state.conversations[which]
		switch {
		case im.twice(which) || h != nil && h.kind != roomKind:
			count.Skipped++
			delete(members, which)
			im.report.problem("room %+q: something else has the id %v, skipped", called, which)
			return nil
		case h != nil:
			count.There++
			if h.closed {
				im.report.problem("room %+q: was deleted here, and stays so", called)
			}
			return nil
		}
		list := members[which]
		by := r.id("owner_id")
		if len(list) == 0 && im.living(by) {
			im.report.problem("room %+q: has no members, who made it becomes the owner", called)
			list = []join{{room: which, user: by, role: owner, at: r.micros("created_at")}}
		}
		if len(list) == 0 {
			count.Skipped++
			im.report.problem("room %+q: has no members, and who made it is not there, skipped with its messages", called)
			return nil
		}
		members[which] = im.maker(called, by, r.micros("created_at"), list)
		count.Added++
		return im.room(ctx, r, which, int64(len(list)))
	})
	if err != nil {
		return err
	}
	for which, list := range members {
		if h := im.state.conversations[which]; im.state.rooms[which] == "" && (h == nil || h.kind != roomKind) {
			im.report.Members.Skipped += len(list)
			im.report.problem("room %v: is not there, but has %d members, skipped", which, len(list))
			continue
		}
		im.joins = append(im.joins, list...)
	}
	slices.SortFunc(im.joins, func(a, b join) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.role, a.role), slices.Compare(a.room[:], b.room[:]), slices.Compare(a.user[:], b.user[:]))
	})
	return nil
}

// members reads who is a member of what.
func (im *importer) members(ctx context.Context) (map[id.UUID][]join, error) {
	members := map[id.UUID][]join{}
	found := map[place]bool{}
	err := im.old.each(ctx, "room_memberships", "joined_at, rowid", func(r row) error {
		im.report.Members.Found++
		j := join{room: r.id("room_id"), user: r.id("user_id"), role: plain, at: r.micros("joined_at")}
		switch strings.ToLower(r.text("role")) {
		case "owner":
			j.role = owner
		case "moderator", "admin":
			j.role = moderator
		}
		switch p := (place{j.room, j.user}); {
		case found[p]:
			im.report.Members.Skipped++
			im.report.problem("user %v is twice a member of room %v, once skipped", j.user, j.room)
		case !im.living(j.user):
			im.report.Members.Skipped++
			im.report.problem("user %v is not there, but a member of room %v, skipped", j.user, j.room)
		default:
			found[p] = true
			members[j.room] = append(members[j.room], j)
		}
		return nil
	})
	return members, err
}

// maker says which of the members makes the room, who must be an owner, and is the
// first to join.
func (im *importer) maker(called string, by id.UUID, created int64, list []join) []join {
	best := 0
	for i, j := range list {
		b := list[best]
		if cmp.Or(cmp.Compare(j.role, b.role), cmp.Compare(bit(j.user == by), bit(b.user == by)), cmp.Compare(b.at, j.at)) > 0 {
			best = i
		}
	}
	first := &list[best]
	if first.role != owner {
		im.report.problem("room %+q: has no owner, user %v becomes one", called, first.user)
		first.role = owner
	}
	first.makes = true
	first.at = min(first.at, created)
	for _, j := range list {
		first.at = min(first.at, j.at)
	}
	im.makes[first.room] = *first
	return list
}

func (im *importer) room(ctx context.Context, r row, which id.UUID, members int64) error {
	called := r.text("name")
	var description any
	if text := r.text("description"); !r.null("description") {
		if short := cut(text, maxDescription); short != text {
			im.report.problem("room %+q: the description has %d bytes, %d are kept", called, len(text), len(short))
			text = short
		}
		description = text
	}
	name, key, err := room.ImportRoom(called, nil)
	why := "another room has the name"
	if err != nil {
		why = err.Error()
		name, key, _ = room.ImportRoom("room "+which.String()[:8], nil)
	}
	base := name
	for n := 2; im.state.roomKeys[key]; n++ {
		end := fmt.Sprintf(" (%d)", n)
		name, key, _ = room.ImportRoom(cut(base, maxRoomName-len(end))+end, nil)
	}
	if name != strings.TrimSpace(called) {
		im.report.problem("room %+q: is named %+q: %s", called, name, why)
	}
	most := r.number("max_members")
	if !r.null("max_members") && (most <= 0 || most > 1<<32-1) {
		most = members
		im.report.problem("room %+q: takes at most %d members, as many as it has, in place of %d", called, most, r.number("max_members"))
	}
	im.state.rooms[which], im.state.roomKeys[key] = name, true
	created := r.micros("created_at")
	return im.put(ctx, "room_room", which, name, key, r.id("owner_id"), description, bit(r.number("is_private") != 0), most,
		created, max(created, r.micros("updated_at")), int64(0))
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
