package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/lair-chat/lair/deploy/test/hall"
)

// objects has the API server look at every object of the chart, strictly, for each
// file of values, those of the chart's tests and more. A copy with a slip must be
// refused, or the check would be none.
func objects(ctx context.Context, values []string) error {
	if _, err := run(ctx, "", "kubectl", "create", "namespace", namespace); err != nil {
		return err
	}
	if _, err := run(ctx, "", "kubectl", "create", "-f", "/run/kube/kinds"); err != nil {
		return err
	}
	if err := kubectl(ctx, "wait", "--for=condition=Established", "crd", "--all"); err != nil {
		return err
	}
	files, err := filepath.Glob("deploy/testdata/values/*.yaml")
	if err != nil || len(files) == 0 {
		return errors.Join(errors.New("there are no values"), err)
	}
	for _, file := range append(files, values...) {
		text, err := run(ctx, "", "helm", "template", "lair", chart, "-n", namespace, "-f", file, "--kube-version", "1.34.0")
		if err != nil {
			return err
		}
		taken, err := look(ctx, text)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		kinds, n := map[string]bool{}, 0
		for name := range strings.FieldsSeq(taken) {
			kind, _, _ := strings.Cut(name, "/")
			kinds[kind] = true
			n++
		}
		hall.Say("%s: the API server takes %d objects of %d kinds", filepath.Base(file), n, len(kinds))
		if err := slip(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	hall.Say("the same with a slip in a name is refused; the kinds of the Prometheus operator and of cert-manager are theirs")
	return nil
}

// look returns the names of what the API server would take.
func look(ctx context.Context, text string) (string, error) {
	return run(ctx, text, "kubectl", "apply", "-n", namespace, "--dry-run=server", "--validate=strict", "-o", "name", "-f", "-")
}

// slip holds that a field that is written wrongly is refused by its name.
func slip(ctx context.Context, text string) error {
	for _, wrong := range [][2]string{{"terminationGracePeriodSeconds", "terminationGraceSeconds"}, {"targetPort", "targtPort"}} {
		if !strings.Contains(text, wrong[0]) {
			return fmt.Errorf("the chart has no %s", wrong[0])
		}
		_, err := look(ctx, strings.Replace(text, wrong[0]+":", wrong[1]+":", 1))
		if err == nil {
			return errors.New("the API server takes the field " + wrong[1])
		}
		if !strings.Contains(err.Error(), "unknown field") || !strings.Contains(err.Error(), wrong[1]) {
			return err
		}
	}
	return nil
}
