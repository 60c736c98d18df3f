package legacy

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
)

// pending is the status of an invitation that waits for an answer; expired is that of
// one whose time has passed.
const pending, expired = 1, 5

var statuses = map[string]int64{"accepted": 2, "declined": 3, "cancelled": 4, "expired": expired}

// invite writes the invitations. Of several that wait for one user the newest counts,
// as only one can.
func (im *importer) invite(ctx context.Context) error {
	return im.old.each(ctx, "invitations", "created_at DESC, rowid DESC", func(r row) error {
		count := &im.report.Invitations
		count.Found++
		which, hall, by, to := r.id("id"), r.id("room_id"), r.id("inviter_id"), r.id("invitee_id")
		switch {
		case im.state.invitations[which]:
			count.There++
			return nil
		case im.state.rooms[hall] == "" || !im.living(by) || !im.living(to):
			count.Skipped++
			im.report.problem("invitation %v: its room, or one of its people, is not there, skipped", which)
			return nil
		}
		im.state.invitations[which] = true
		count.Added++
		created, ends, answered := r.micros("created_at"), r.micros("expires_at"), r.micros("responded_at")
		status, settled := statuses[r.text("status")]
		if !settled {
			status = pending
		}
		p := place{hall, to}
		if status == pending && (ends <= im.now || im.state.pending[p] || im.state.members[p].active) {
			status = expired
		}
		if status == pending {
			im.state.pending[p], answered = true, 0
			if err := im.tell(ctx, to, created, invited(im.invitation(which, hall, by, to, created, ends))); err != nil {
				return err
			}
		} else if answered == 0 {
			answered = min(max(created, ends), im.now)
		}
		return im.put(ctx, "room_invitation", which, hall, by, to, status, created, ends, answered)
	})
}

func (im *importer) invitation(which, hall, by, to id.UUID, created, ends int64) *eventv1.Invitation {
	return &eventv1.Invitation{
		Id: which.Bytes(), RoomId: hall.Bytes(), RoomName: im.state.rooms[hall], InviterId: by.Bytes(), InviteeId: to.Bytes(),
		Status: eventv1.InvitationStatus_INVITATION_STATUS_PENDING, CreatedAt: created, ExpiresAt: ends,
	}
}
