package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// care backs the database up, brings it back, and takes over one of 0.8, by the
// commands of docs/operations.md.
func care(ctx context.Context, c containers, trust *tls.Config) error {
	dir, err := os.MkdirTemp("", "lair-care-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := back(ctx, c, trust, filepath.Join(dir, "backup")); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := oldDatabase(ctx, dir); err != nil {
		return err
	}
	began := time.Now()
	for _, args := range [][]string{
		{"stop", "gateway-1", "gateway-2", "message", "room", "auth"},
		{"run", "--rm", "--no-deps", "-T", "-v", dir + ":/old", "migrate", "import-0.8", "-from", "/old/lair-chat.db"},
		{"up", "-d"},
	} {
		if err := c.run(ctx, args...); err != nil {
			return err
		}
	}
	if err := remembered(ctx, web, trust); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	hall.Say("a database of 0.8 is taken over in a container, and its user logs in, after %s", hall.Since(began))
	return nil
}

// back is a backup, a restore of it, and what is there after that.
func back(ctx context.Context, c containers, trust *tls.Config, file string) error {
	ann, err := arrive(ctx, web, trust)
	if err != nil {
		return err
	}
	if _, err := ann.say(ctx, "before the backup"); err != nil {
		return err
	}
	compose, address := strings.Join(c, " "), "postgres:///lair?user=lair"
	run := "RUN=" + compose + " exec -T postgres"
	if err := script(ctx, []string{run}, "scripts/backup.sh", address, file); err != nil {
		return err
	}
	if _, err := ann.say(ctx, "after the backup"); err != nil {
		return err
	}
	began := time.Now()
	for _, args := range [][]string{{"--profile", "observability", "stop"}, {"up", "-d", "postgres"}} {
		if err := c.run(ctx, args...); err != nil {
			return err
		}
	}
	if err := c.healthy(ctx, "postgres"); err != nil {
		return err
	}
	if err := c.run(ctx, "exec", "-T", "postgres", "psql", "-U", "lair", "-d", "postgres",
		"-c", "ALTER DATABASE lair RENAME TO lair_before", "-c", "CREATE DATABASE lair"); err != nil {
		return err
	}
	program := "LAIR=" + compose + " run --rm --no-deps -T migrate"
	if err := script(ctx, []string{run, program}, "scripts/restore.sh", address, file); err != nil {
		return err
	}
	if err := c.run(ctx, "up", "-d"); err != nil {
		return err
	}
	if err := ann.goesOn(ctx, "before the backup"); err != nil {
		return err
	}
	hall.Say("PostgreSQL backed up, and brought back into an empty database in %s: the login goes on, positions are new", hall.Since(began))
	return nil
}

func script(ctx context.Context, env []string, path string, args ...string) error {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", path, err, out)
	}
	return nil
}

// remembered holds that who was in the database of 0.8 logs in with the old password
// and finds what was said.
func remembered(ctx context.Context, web string, trust *tls.Config) error {
	p, err := newPerson(web, trust)
	if err != nil {
		return err
	}
	p.target = clientv1.Target{Type: clientv1.TargetRoom, RoomID: oldRoom}
	err = hall.Until(ctx, 2*time.Minute, func(ctx context.Context) error {
		_, err := p.Login(ctx, "veteran", oldPassword)
		return err
	})
	if err != nil {
		return err
	}
	return p.remembers(ctx, "said in 0.8")
}
