package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/room/internal/membership"
	"github.com/lair-chat/lair/services/room/internal/sqlite/db"
)

func (t tx) UpdateRoom(ctx context.Context, r membership.Room, at time.Time) error {
	return nameTaken(t.q.UpdateRoom(ctx, t.conn, db.UpdateRoomParams{
		RoomID: r.ID.UUID, Name: r.Name, NameKey: membership.Key(r.Name), OwnerID: r.Owner.UUID,
		Description: r.Description, IsPrivate: bit(r.Private), MaxMembers: int64(r.MaxMembers),
		IsModerated: bit(r.Moderated), UpdatedAt: at.UnixMicro(),
	}))
}

func (t tx) DeleteRoom(ctx context.Context, r id.Room) error {
	return errors.Join(
		t.q.DeleteInvitations(ctx, t.conn, r.UUID), t.q.DeleteBans(ctx, t.conn, r.UUID), t.q.DeleteRoom(ctx, t.conn, r.UUID),
	)
}

func (t tx) Invitation(ctx context.Context, i id.Invitation) (membership.Invitation, error) {
	return queryInvitation(ctx, t.q, t.conn, i)
}

func (t tx) Pending(ctx context.Context, r id.Room, u id.User) (membership.Invitation, bool, error) {
	return queryPending(ctx, t.q, t.conn, r, u)
}

func (t tx) PutInvitation(ctx context.Context, i membership.Invitation) error {
	return t.q.PutInvitation(ctx, t.conn, db.PutInvitationParams{
		InvitationID: i.ID.UUID, RoomID: i.Room.UUID, InviterID: i.Inviter.UUID, InviteeID: i.Invitee.UUID,
		Status: int64(i.Status), CreatedAt: i.CreatedAt.UnixMicro(), ExpiresAt: i.ExpiresAt.UnixMicro(), RespondedAt: micros(i.RespondedAt),
	})
}

func (t tx) Banned(ctx context.Context, r id.Room, u id.User) (bool, error) {
	n, err := t.q.Ban(ctx, t.conn, db.BanParams{RoomID: r.UUID, UserID: u.UUID})
	return n > 0, err
}

func (t tx) PutBan(ctx context.Context, b membership.Ban) error {
	return t.q.PutBan(ctx, t.conn, db.PutBanParams{
		RoomID: b.Room.UUID, UserID: b.User.UUID, ByID: b.By.UUID, CreatedAt: b.At.UnixMicro(),
	})
}

func (t tx) DeleteBan(ctx context.Context, r id.Room, u id.User) error {
	return t.q.DeleteBan(ctx, t.conn, db.DeleteBanParams{RoomID: r.UUID, UserID: u.UUID})
}

// Invitation implements membership.Store.
func (s *Store) Invitation(ctx context.Context, i id.Invitation) (membership.Invitation, error) {
	return queryInvitation(ctx, s.q, s.file.Read, i)
}

// Pending implements membership.Store.
func (s *Store) Pending(ctx context.Context, r id.Room, u id.User) (membership.Invitation, bool, error) {
	return queryPending(ctx, s.q, s.file.Read, r, u)
}

// Invitations implements membership.Store.
func (s *Store) Invitations(ctx context.Context, u id.User, at time.Time, limit, offset int) ([]membership.Invitation, error) {
	rows, err := s.q.PendingInvitations(ctx, s.file.Read, db.PendingInvitationsParams{
		InviteeID: u.UUID, Now: at.UnixMicro(), SkipRows: int64(offset), MaxRows: int64(limit),
	})
	list := make([]membership.Invitation, len(rows))
	for i, row := range rows {
		list[i] = invitation(row.RoomInvitation, row.Name)
	}
	return list, err
}

// InvitationsTo implements membership.Store.
func (s *Store) InvitationsTo(ctx context.Context, r id.Room, at time.Time, limit, offset int) ([]membership.Invitation, error) {
	rows, err := s.q.PendingInvitationsOf(ctx, s.file.Read, db.PendingInvitationsOfParams{
		RoomID: r.UUID, Now: at.UnixMicro(), SkipRows: int64(offset), MaxRows: int64(limit),
	})
	list := make([]membership.Invitation, len(rows))
	for i, row := range rows {
		list[i] = invitation(row.RoomInvitation, row.Name)
	}
	return list, err
}

// Bans implements membership.Store.
func (s *Store) Bans(ctx context.Context, r id.Room) ([]membership.Ban, error) {
	rows, err := s.q.Bans(ctx, s.file.Read, r.UUID)
	list := make([]membership.Ban, len(rows))
	for i, row := range rows {
		list[i] = membership.Ban{Room: r, User: id.User{UUID: row.UserID}, By: id.User{UUID: row.ByID}, At: moment(row.CreatedAt)}
	}
	return list, err
}

func queryInvitation(ctx context.Context, q *db.Queries, conn db.DBTX, i id.Invitation) (membership.Invitation, error) {
	row, err := q.Invitation(ctx, conn, i.UUID)
	if errors.Is(err, sql.ErrNoRows) {
		err = membership.ErrNoInvitation
	}
	return invitation(row.RoomInvitation, row.Name), err
}

func queryPending(ctx context.Context, q *db.Queries, conn db.DBTX, r id.Room, u id.User) (membership.Invitation, bool, error) {
	row, err := q.PendingInvitation(ctx, conn, db.PendingInvitationParams{RoomID: r.UUID, InviteeID: u.UUID})
	if errors.Is(err, sql.ErrNoRows) {
		return membership.Invitation{}, false, nil
	}
	return invitation(row.RoomInvitation, row.Name), err == nil, err
}

func invitation(r db.RoomInvitation, room string) membership.Invitation {
	return membership.Invitation{
		ID: id.Invitation{UUID: r.InvitationID}, Room: id.Room{UUID: r.RoomID}, RoomName: room,
		Inviter: id.User{UUID: r.InviterID}, Invitee: id.User{UUID: r.InviteeID},
		Status:    membership.Status(r.Status), //nolint:gosec // small
		CreatedAt: moment(r.CreatedAt), ExpiresAt: moment(r.ExpiresAt), RespondedAt: moment(r.RespondedAt),
	}
}

// micros stores no time as 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
