//go:build upgrade

package e2e

import (
	"context"
	"flag"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

var from = flag.String("from", "", "folder of the programs to upgrade from")

// Programs are replaced one by one, in both orders, while people write: old and
// new ones work together on the new form of the database. Then the old ones come
// back, as after an upgrade that disappointed.
func TestUpgradeLosesNothing(t *testing.T) {
	for name, order := range map[string]func([]*cluster.Program){
		"services first": func([]*cluster.Program) {},
		"gateways first": slices.Reverse[[]*cluster.Program],
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
				o.Bin, o.Durable, o.Plain = *from, true, true
				return cluster.Many(ctx, o)
			})
			programs := slices.Clone(s.Programs)
			order(programs)
			c := sing(t, s)
			replace := func(dir string) {
				for _, p := range programs {
					must(t, p.Stop())
					p.Use(dir)
					must(t, p.Run(t.Context()))
					t.Logf("after %s: message %d", p.Name, c.probe().Seq)
					for _, g := range s.Gateways {
						newcomer(t, g, c)
					}
				}
			}
			migrate := exec.CommandContext(t.Context(), filepath.Join(bin, "lair"), "migrate")
			migrate.Env = []string{"LAIR_DATABASE_URL=" + s.Postgres.URL("postgres")}
			out, err := migrate.CombinedOutput()
			t.Logf("migrate: %s", out)
			must(t, err)
			c.probe()
			replace(bin)
			replace(*from)
			t.Logf("%d messages", c.end())
		})
	}
}

// newcomer does once what writes to each kind of table.
func newcomer(t *testing.T, g *cluster.Gateway, c *choir) {
	t.Helper()
	ctx := soon(t)
	old := c.people[3].at(t, g)
	for _, ask := range []func() error{ // a connection to a new program takes a moment
		func() error { _, err := old.Me(ctx); return err },
		func() error { _, err := old.Room(ctx, c.hall); return err },
		func() error { _, err := old.Unread(ctx); return err },
	} {
		err := ask()
		for lair.Code(err) == "unavailable" && ctx.Err() == nil {
			err = ask()
		}
		must(t, err)
	}
	n := register(t, g, "new")
	_, err := n.Refresh(ctx)
	must(t, err)
	own := room(t, n, old)
	for _, way := range []struct{ there, back clientv1.Target }{
		{clientv1.ToRoom(own), clientv1.ToRoom(own)},
		{clientv1.ToUser(c.people[3].ID), clientv1.ToUser(n.ID)},
	} {
		m, err := n.Send(ctx, lair.Draft{Target: way.there, Content: "hello"})
		must(t, err)
		_, err = n.EditMessage(ctx, m.ID, "goodbye")
		must(t, err)
		_, err = old.MarkRead(ctx, way.back, m.Seq)
		must(t, err)
		must(t, n.DeleteMessage(ctx, m.ID))
	}
	must(t, old.LeaveRoom(ctx, own))
	must(t, n.Logout(ctx))
}
