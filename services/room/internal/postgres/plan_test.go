package postgres_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/services/room/internal/membership"
	"github.com/lair-chat/lair/services/room/internal/postgres"
)

// crowd fills the tables behind the back of the rules: rooms, members of the
// room, and what is asked of and kept from people.
func crowd(t *testing.T, pool *pgxpool.Pool, room, u id.UUID, from, to int) {
	t.Helper()
	for _, fill := range []string{
		`INSERT INTO room_room (room_id, name, name_key, owner_id, is_private, max_members, is_moderated, created_at, updated_at)
			SELECT gen_random_uuid(), 'room ' || n, 'room ' || n, $2, false, 0, false, now(), now() FROM generate_series($3::int, $4::int) n WHERE $1::uuid IS NOT NULL`,
		`INSERT INTO journal_member (conversation_id, user_id, role, joined_at, joined_seq, left_seq, muted_until, peer_id)
			SELECT $1, gen_random_uuid(), 1, now(), n, 0, 'epoch', $2::uuid FROM generate_series($3::int, $4::int) n`,
		`INSERT INTO journal_member (conversation_id, user_id, role, joined_at, joined_seq, left_seq, muted_until, peer_id)
			SELECT room_id, $2, 1, now(), 1, 0, 'epoch', $1 FROM room_room WHERE split_part(name, ' ', 2)::int BETWEEN $3 AND $4 ON CONFLICT DO NOTHING`,
		`INSERT INTO journal_conversation (conversation_id, kind, seq, first_seq, moderated, deleted) SELECT room_id, 1, 1, 1, false, false FROM room_room
			WHERE split_part(name, ' ', 2)::int BETWEEN $3 AND $4 AND $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL ON CONFLICT DO NOTHING`,
		`INSERT INTO room_ban (room_id, user_id, by_id, created_at) SELECT $1, gen_random_uuid(), $2, now() FROM generate_series($3::int, $4::int) n`,
		`INSERT INTO room_invitation (invitation_id, room_id, inviter_id, invitee_id, status, created_at, expires_at, responded_at)
			SELECT gen_random_uuid(), room_id, $1, $2, 1, now(), now() + interval '7 days', 'epoch' FROM room_room WHERE split_part(name, ' ', 2)::int BETWEEN $3 AND $4`,
	} {
		if _, err := pool.Exec(t.Context(), fill, room, u, from, to); err != nil {
			t.Fatalf("%v in %s", err, fill)
		}
	}
}

// What is read in one go takes as many statements for a thousand as for ten.
func TestListsTakeTheSameStatementsWhateverTheirSize(t *testing.T) {
	pool, tape := pgtest.Traced(t)
	if err := postgres.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	store := postgres.New(pool)
	rooms := &membership.Rooms{Store: store, Now: time.Now}
	ann, hall := id.User{UUID: id.New()}, id.Room{UUID: id.New()}
	for _, row := range []string{
		`INSERT INTO journal_conversation (conversation_id, kind, seq, first_seq, moderated, deleted) VALUES ($1, 1, 1, 1, false, false)`,
		`INSERT INTO room_room (room_id, name, name_key, owner_id, is_private, max_members, is_moderated, created_at, updated_at)
			VALUES ($1, 'room 0', 'room 0', $1, false, 0, false, now(), now())`,
	} {
		if _, err := pool.Exec(t.Context(), row, hall.UUID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pool.Exec(t.Context(), `INSERT INTO journal_member (conversation_id, user_id, role, joined_at, joined_seq, left_seq, muted_until, peer_id)
		VALUES ($1, $2, 3, now(), 1, 0, 'epoch', $1)`, hall.UUID, ann.UUID); err != nil {
		t.Fatal(err)
	}
	reads := map[string]func(context.Context) (int, error){
		"Get": func(ctx context.Context) (int, error) { v, err := rooms.Get(ctx, ann, hall); return v.Count, err },
		"List": func(ctx context.Context) (int, error) {
			list, _, _, err := rooms.List(ctx, ann, membership.Query{Limit: 1000})
			return len(list), err
		},
		"ListMine": func(ctx context.Context) (int, error) {
			list, _, _, err := rooms.List(ctx, ann, membership.Query{Limit: 1000, MineOnly: true})
			return len(list), err
		},
		"Members": func(ctx context.Context) (int, error) {
			list, _, err := rooms.Members(ctx, ann, hall, membership.Page{})
			return len(list), err
		},
		"Bans": func(ctx context.Context) (int, error) { list, err := rooms.Bans(ctx, ann, hall); return len(list), err },
		"Invitations": func(ctx context.Context) (int, error) {
			list, _, err := rooms.Invitations(ctx, ann, membership.Page{})
			return len(list), err
		},
	}
	took := map[string]int{}
	for _, size := range []struct{ from, to int }{{1, 10}, {11, 990}} {
		crowd(t, pool, hall.UUID, ann.UUID, size.from, size.to)
		for name, read := range reads {
			tape.Take()
			n, err := read(t.Context())
			if err != nil || n < size.to || n > size.to+2 {
				t.Errorf("%s has %d of about %d, %v", name, n, size.to, err)
			}
			statements := len(tape.Take())
			if first, ok := took[name]; ok && statements != first {
				t.Errorf("%s takes %d statements for 10, and %d for %d", name, first, statements, size.to)
			}
			took[name] = statements
		}
	}
}

// A page of many rooms is read from the index of names, in its order.
func TestPageOfRoomsIsReadByIndex(t *testing.T) {
	pool, tape := pgtest.Traced(t)
	if err := postgres.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO room_room (room_id, name, name_key, owner_id, is_private, max_members, is_moderated, created_at, updated_at)
			SELECT gen_random_uuid(), 'room ' || n, 'room ' || n, gen_random_uuid(), false, 0, false, now(), now() FROM generate_series(1, 10000) n`,
		`ANALYZE room_room`,
	} {
		if _, err := pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	store := postgres.New(pool)
	for name, q := range map[string]membership.Query{
		"first page": {Limit: 50},
		"late page":  {Limit: 50, Offset: 9000},
		"search":     {Limit: 50, Search: "room 77"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			tape.Take()
			list, _, err := store.Rooms(t.Context(), q)
			if err != nil || len(list) != 50 {
				t.Fatalf("%d rooms, %v", len(list), err)
			}
			plan := pgtest.Plan(t, pool, pgtest.Named(t, tape.Take(), "Rooms"))
			if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Sort") || !strings.Contains(plan, "room_room_name_key") {
				t.Errorf("%s is read so:\n%s", name, plan)
			}
		})
	}
}
