{{/* The beginning of all names: the release, or with the name of the chart if that is not in it. */}}
{{- define "lair.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 47 | trimSuffix "-" -}}
{{- else -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 47 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 47 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "lair.selector" -}}
app.kubernetes.io/name: {{ .root.Values.nameOverride | default .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "lair.labels" -}}
{{ include "lair.selector" . }}
app.kubernetes.io/part-of: lair-chat
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "lair.image" -}}
{{- $program := eq .component "migrate" | ternary "lair" (printf "lair-%s" .component) -}}
{{ .root.Values.image.registry }}/{{ $program }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}

{{- define "lair.secret" -}}
{{- .Values.secrets.existing | default (include "lair.name" .) -}}
{{- end -}}

{{/* What every pod has: the rules of the restricted pod security. */}}
{{- define "lair.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "lair.container" -}}
image: {{ include "lair.image" . }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* Secrets are files, of which each program has only those that it needs. */}}
{{- define "lair.secretNames" -}}
{{- get (dict
  "auth" "cluster-key,jwt-secret,database-url,redis-url"
  "room" "cluster-key,database-url,redis-url"
  "message" "cluster-key,database-url,redis-url"
  "presence" "cluster-key,redis-url"
  "gateway" "cluster-key,redis-url"
  "migrate" "database-url") .component -}}
{{- end -}}

{{- define "lair.secretEnv" -}}
{{- range splitList "," (include "lair.secretNames" .) }}
- name: LAIR_{{ . | replace "-" "_" | upper }}_FILE
  value: /etc/lair/{{ . }}
{{- end }}
{{- end -}}

{{- define "lair.secretVolume" -}}
- name: secrets
  secret:
    secretName: {{ .secret }}
    defaultMode: 0440
    # A program that misses one says so and ends; a pod that waits for it says nothing.
    optional: true
    items:
      {{- range splitList "," (include "lair.secretNames" .) }}
      - {key: {{ . }}, path: {{ . }}}
      {{- end }}
{{- end -}}

{{/* The pod of a tool: the program lair with a command, which needs the database and nothing else. */}}
{{- define "lair.tool" -}}
{{ include "lair.pod" . }}
restartPolicy: Never
containers:
  - name: lair
    {{- include "lair.container" . | nindent 4 }}
    {{- with .command }}
    args: [{{ . }}]
    {{- end }}
    env:
      {{- include "lair.secretEnv" . | nindent 6 }}
      {{- /* Of its own: before an installation the ConfigMap is not there yet. */}}
      {{- include "lair.env" (merge (dict "LAIR_LOG_LEVEL" .root.Values.log.level "LAIR_LOG_FORMAT" .root.Values.log.format) .root.Values.env) | nindent 6 }}
    resources:
      requests: {cpu: 50m, memory: 64Mi}
      limits: {memory: 256Mi}
    volumeMounts:
      - {name: secrets, mountPath: /etc/lair, readOnly: true}
volumes:
  {{- include "lair.secretVolume" . | nindent 2 }}
{{- end -}}

{{- define "lair.spread" -}}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "lair.selector" $ | nindent 8 }}
  {{- end }}
{{- end -}}
