package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
)

const (
	database = "postgres:///lair?user=lair"
	inServer = "RUN=kubectl -n data exec -i deploy/postgres --"
	backup   = "/run/kube/backup"
	ours     = "app.kubernetes.io/instance=lair"
)

// backUp makes a backup while people talk, and returns what it has to have.
func backUp(ctx context.Context, load *hall.Load) ([]string, error) {
	kept, began := load.Said(), time.Now()
	if _, err := run(ctx, "", "env", inServer, "scripts/backup.sh", database, backup); err != nil {
		return nil, err
	}
	hall.Say("backup made in %s, %d messages were acknowledged before it, %d when it was there", hall.Since(began), len(kept), len(load.Said()))
	return kept, nil
}

// restore does what docs/operations.md says: it stops everything, puts an empty
// database in the place of the one that is of no use, brings the backup back and starts
// again. Clients come back by themselves and are to begin anew.
func restore(ctx context.Context, people *hall.Hall, kept []string) error {
	began := time.Now()
	if err := errors.Join(
		kubectl(ctx, "scale", "deployment", "-l", ours, "--replicas=0"),
		kubectl(ctx, "wait", "--for=delete", "pod", "-l", ours, "--timeout=2m"),
	); err != nil {
		return err
	}
	down := hall.Since(began)
	if _, err := run(ctx, "", "kubectl", "-n", "data", "exec", "deploy/postgres", "--", "psql", "-U", "lair", "-d", "postgres", "-v", "ON_ERROR_STOP=1",
		"-c", "ALTER DATABASE lair ALLOW_CONNECTIONS false",
		"-c", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'lair'",
		"-c", "ALTER DATABASE lair RENAME TO lair_before", "-c", "CREATE DATABASE lair"); err != nil {
		return err
	}
	began = time.Now()
	if _, err := run(ctx, "", "env", inServer, "LAIR=scripts/kube.sh chat lair", "scripts/restore.sh", database, backup); err != nil {
		return err
	}
	restored := hall.Since(began)
	if _, err := run(ctx, "", "env", inServer, "scripts/restore.sh", database, backup); err == nil || !strings.Contains(err.Error(), "name an empty one") {
		return errors.Join(errors.New("a second restore is not refused"), err)
	}
	began = time.Now()
	if err := kubectl(ctx, "scale", "deployment", "-l", ours, "--replicas=2"); err != nil {
		return err
	}
	if err := settled(ctx); err != nil {
		return err
	}
	up := hall.Since(began)
	n, err := people.Anew(ctx, kept)
	if err != nil {
		return err
	}
	hall.Say("restore: all stopped after %s, brought back in %s, all ready again after %s; everybody came back and was told to begin anew;", down, restored, up)
	hall.Say("the room has %d messages, all %d from before the backup", n, len(kept))
	return errors.Join(people.Talk(ctx, "after the restore"), people.Check())
}

// promoted makes a user an administrator by the program lair in the cluster, and holds
// that a mistake is not taken for a success.
func promoted(ctx context.Context, people *hall.Hall) error {
	who, err := people.Host(ctx)
	if err != nil {
		return err
	}
	if _, err := run(ctx, "", "scripts/kube.sh", namespace, "lair", "admin", "create", "-name", who.Username, "-promote"); err != nil {
		return err
	}
	if who, err = people.Host(ctx); err != nil || who.Role != "admin" {
		return errors.Join(fmt.Errorf("%s is %s", who.Username, who.Role), err)
	}
	if out, err := run(ctx, "", "scripts/kube.sh", namespace, "lair", "admin", "create", "-name", "nobody-is-called-so", "-promote"); err == nil {
		return fmt.Errorf("nobody was promoted: %q", out)
	}
	hall.Say("%s was made an administrator by a pod under restricted pod security", who.Username)
	return nil
}
