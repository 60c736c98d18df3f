package deploy_test

import (
	"regexp"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// TestToolsAreLikeTheMigration holds that scripts/kube.sh starts what the migration is,
// but with another command, and with the Secret that is there after it.
func TestToolsAreLikeTheMigration(t *testing.T) {
	run := regexp.MustCompile(` run (\S+) `).FindStringSubmatch(read(t, "../scripts/kube.sh"))
	for _, name := range []string{"minimal", "everything"} {
		all, err := render(valuesOf(t, name))
		if err != nil {
			t.Fatal(err)
		}
		jobs, tools := of[*batchv1.Job](all), of[*corev1.PodTemplate](all)
		if len(jobs) != 1 || len(tools) != 1 {
			t.Fatalf("%d Jobs, %d templates of pods", len(jobs), len(tools))
		}
		job, tool := jobs[0].Spec.Template, tools[0].Template
		c := &tool.Spec.Containers[0]
		// What is in the template goes before what is said to kubectl.
		if len(run) != 2 || c.Name != run[1] || len(c.Args) > 0 || len(c.Command) > 0 {
			t.Errorf("kubectl run %v does not give %s its command", run, c.Name)
		}
		secret := &tool.Spec.Volumes[0].Secret.SecretName
		if s := of[*corev1.Secret](all); len(s) == 2 && *secret == job.Spec.Volumes[0].Secret.SecretName {
			t.Errorf("the Secret %s is gone after the migration", *secret)
		}
		c.Args, *secret = job.Spec.Containers[0].Args, job.Spec.Volumes[0].Secret.SecretName
		if a, b := canonical(t, job), canonical(t, tool); a != b {
			t.Errorf("the migration is\n%s\nand a tool is\n%s", a, b)
		}
	}
}
