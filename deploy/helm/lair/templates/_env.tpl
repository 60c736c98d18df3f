{{/* What a variable is set to. Helm reads each number of a file as a float, which is written as 1e+06 from a million on. */}}
{{- define "lair.text" -}}
{{- if and (kindIs "float64" .) (eq (toString (floor .)) (toString .)) -}}
{{- int64 . -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{- define "lair.env" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ include "lair.text" $value | quote }}
{{- end }}
{{- end -}}

{{/* Variables that no program knows, which stop all of them, and those that the chart sets. */}}
{{- define "lair.checkEnv" -}}
{{- $known := .Files.Get "files/variables.yaml" | fromYaml -}}
{{- range $where, $env := dict "env" .Values.env "gateway.env" .Values.gateway.env -}}
{{- range $name, $value := $env -}}
{{- if not (hasKey $known $name) -}}
{{- fail (printf "%s.%s is no variable of this release" $where $name) -}}
{{- end -}}
{{- with get $known $name -}}
{{- fail (printf "%s.%s is of no use: %s" $where $name .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
