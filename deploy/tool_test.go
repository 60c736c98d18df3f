package deploy_test

import (
	"encoding/json"
	"regexp"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// TestToolsAreLikeTheMigration holds that scripts/kube.sh starts what the migration is,
// but with another command, and with the Secret that is there after it.
func TestToolsAreLikeTheMigration(t *testing.T) {
	run := regexp.MustCompile(` run (\S+) .*--image=(\S+)`).FindStringSubmatch(read(t, "../scripts/kube.sh"))
	if len(run) != 3 {
		t.Fatal("scripts/kube.sh does not run anything")
	}
	for _, name := range []string{"minimal", "everything"} {
		all, err := render(valuesOf(t, name))
		if err != nil {
			t.Fatal(err)
		}
		jobs, tools := of[*batchv1.Job](all), of[*corev1.PodTemplate](all)
		if len(jobs) != 1 || len(tools) != 1 {
			t.Fatalf("%d Jobs, %d templates of pods", len(jobs), len(tools))
		}
		job, tool := jobs[0].Spec.Template, overridden(t, tools[0].Template, run[1], run[2])
		if args := tool.Spec.Containers[0].Args; len(args) != 1 || args[0] != "restored" || tool.Name != run[1] {
			t.Errorf("%s runs %q", tool.Name, args)
		}
		if secret := tool.Spec.Volumes[0].Secret.SecretName; len(of[*corev1.Secret](all)) == 2 && secret == job.Spec.Volumes[0].Secret.SecretName {
			t.Errorf("the Secret %s is gone after the migration", secret)
		}
		// Otherwise they are the same.
		tool.Name, tool.Spec.Containers[0].Args = "", job.Spec.Containers[0].Args
		tool.Spec.Volumes[0].Secret.SecretName = job.Spec.Volumes[0].Secret.SecretName
		delete(tool.Labels, "run")
		a, b := canonical(t, job), canonical(t, corev1.PodTemplateSpec{ObjectMeta: tool.ObjectMeta, Spec: tool.Spec})
		if a != b {
			t.Errorf("the migration is\n%s\nand a tool is\n%s", a, b)
		}
	}
}

// overridden is what kubectl run makes of a name, an image, a command and a template.
func overridden(t *testing.T, template corev1.PodTemplateSpec, name, image string) corev1.Pod {
	t.Helper()
	var p corev1.Pod
	p.Name, p.Labels = name, map[string]string{"run": name}
	p.Spec.Containers = []corev1.Container{{Name: name, Image: image, Args: []string{"restored"}}}
	p.Spec.RestartPolicy = corev1.RestartPolicyNever
	merged, err := strategicpatch.StrategicMergePatch([]byte(canonical(t, p)), []byte(canonical(t, template)), corev1.Pod{})
	if err != nil {
		t.Fatal(err)
	}
	var pod corev1.Pod
	if err := json.Unmarshal(merged, &pod); err != nil {
		t.Fatal(err)
	}
	return pod
}
