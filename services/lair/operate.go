package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/services/auth"
	"github.com/lair-chat/lair/services/lair/internal/system"
)

// withStores opens the database, which migrates it, and closes it after f.
func withStores(ctx context.Context, f func(system.Stores) error) error {
	c, err := system.Load(os.Environ())
	if err != nil {
		return err
	}
	c.Process.Telemetry.MetricsAddr = "" // a tool has nobody to tell
	p, err := process.With(ctx, "lair", version, c.Process)
	if err != nil {
		return err
	}
	stores, err := system.OpenStores(ctx, p, c)
	if err == nil {
		err = f(stores)
	}
	// Parts that are started with a context that is over close what they have.
	over, cancel := context.WithCancel(ctx)
	cancel()
	return errors.Join(err, run.All(over, p.Parts()...))
}

func migrate(ctx context.Context) error {
	return withStores(ctx, func(s system.Stores) error {
		fmt.Fprintf(os.Stdout, "%s is up to date\n", s.Where)
		return nil
	})
}

const adminUsage = `Usage: lair admin create -name NAME -email ADDRESS   (asks for the password)
       lair admin create -name NAME -promote         (NAME is a user already)
       lair admin end-logins                         (the secret was lost or leaked)`

var errUsage = errors.New("the command is not understood")

func admin(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) == 1 && args[0] == "end-logins" {
		return endLogins(ctx, out)
	}
	if len(args) == 0 || args[0] != "create" {
		return errUsage
	}
	flags := flag.NewFlagSet("lair admin create", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	name := flags.String("name", "", "user name")
	email := flags.String("email", "", "e-mail address")
	promote := flags.Bool("promote", false, "make a user who is there an administrator")
	if err := flags.Parse(args[1:]); err != nil || *name == "" || flags.NArg() > 0 || (*email == "") != *promote {
		return errUsage
	}
	return withStores(ctx, func(s system.Stores) error {
		if *promote {
			if _, err := auth.Promote(ctx, s.Auth, *name); err != nil {
				return err
			}
			fmt.Fprintf(out, "%s is an administrator\n", *name)
			return nil
		}
		password, err := askPassword(*name, in, out)
		if err != nil {
			return err
		}
		if _, err := auth.CreateAdmin(ctx, s.Auth, *name, *email, password); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s is an administrator\n", *name)
		return nil
	})
}

// endLogins forgets the keys that tokens are signed with, so that another secret may be
// used. Nobody may hold them meanwhile.
func endLogins(ctx context.Context, out io.Writer) error {
	c, err := system.Load(os.Environ())
	if err != nil {
		return err
	}
	if err := c.Offline(ctx); err != nil {
		return err
	}
	return withStores(ctx, func(s system.Stores) error {
		if err := auth.EndLogins(ctx, s.Auth); err != nil {
			return err
		}
		fmt.Fprintln(out, "All logins have ended. Everybody has to log in again.")
		return nil
	})
}

// askPassword reads a line. On a terminal it is not shown.
func askPassword(name string, in io.Reader, out io.Writer) (string, error) {
	fmt.Fprintf(out, "Password for %s: ", name)
	defer fmt.Fprintln(out)
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		raw, err := term.ReadPassword(int(f.Fd()))
		return string(raw), err
	}
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
