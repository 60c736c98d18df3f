package membership

import "context"

// end ends the room with the event that says so, and cancels what invitations
// there are to it. Nobody can make another one: who invites waits for the head,
// and finds the room gone.
func (a *act) end(ctx context.Context, r Room) error {
	if _, err := a.append(ctx, a.actor.User, a.wire.Deleted(r.Name)); err != nil {
		return err
	}
	list, err := a.tx.PendingTo(ctx, r.ID)
	if err != nil {
		return err
	}
	for _, i := range list {
		a.lapse(i)
	}
	if err := a.tx.Retire(ctx, a.head, a.at); err != nil {
		return err
	}
	return a.tx.DeleteRoom(ctx, r.ID)
}

// lapse tells both people of an invitation that goes with its room. Its row goes,
// too, so nothing is written.
func (a *act) lapse(i Invitation) {
	to := Cancelled
	if !i.live(a.at) {
		to = Expired
	}
	i.Status, i.RespondedAt = to, a.at
	a.tell(i.Inviter, a.wire.Settled(i))
	a.tell(i.Invitee, a.wire.Settled(i))
}
