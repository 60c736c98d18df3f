{{/* The four secrets by their keys, as JSON: those among the values, or of the Secret that is named there. The latter
     are known when a cluster is asked, and empty if only a template is rendered. */}}
{{- define "lair.secrets" -}}
{{- $all := dict -}}
{{- if not .Values.secrets.existing -}}
{{- range $key, $value := dict "cluster-key" "clusterKey" "jwt-secret" "jwtSecret" "database-url" "databaseUrl" "redis-url" "redisUrl" -}}
{{- $_ := set $all $key (get $.Values.secrets $value) -}}
{{- end -}}
{{- else if lookup "v1" "ServiceAccount" .Release.Namespace "default" -}}
{{- $there := lookup "v1" "Secret" .Release.Namespace .Values.secrets.existing -}}
{{- if not $there }}{{ fail (printf "secrets.existing: there is no Secret %s in the namespace %s" .Values.secrets.existing .Release.Namespace) }}{{ end -}}
{{- range list "cluster-key" "jwt-secret" "database-url" "redis-url" -}}
{{- $_ := set $all . (get ($there.data | default dict) . | b64dec) -}}
{{- end -}}
{{- end -}}
{{- toJson $all -}}
{{- end -}}

{{/* What a secret is called where it comes from. */}}
{{- define "lair.secretTitle" -}}
{{- if .root.Values.secrets.existing -}}
the key {{ .key }} of the Secret {{ .root.Values.secrets.existing }}
{{- else -}}
secrets.{{ get (dict "cluster-key" "clusterKey" "jwt-secret" "jwtSecret" "database-url" "databaseUrl" "redis-url" "redisUrl") .key }}
{{- end -}}
{{- end -}}

{{- define "lair.checkSecrets" -}}
{{- with .Values.secrets.existing -}}
{{- if not (regexMatch "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$" .) }}{{ fail "secrets.existing is no name of a Secret" }}{{ end -}}
{{- range list "clusterKey" "jwtSecret" "databaseUrl" "redisUrl" -}}
{{- if get $.Values.secrets . }}{{ fail (printf "secrets.%s is of no use: secrets.existing is set" .) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $key, $secret := include "lair.secrets" . | fromJson -}}
{{- $title := include "lair.secretTitle" (dict "root" $ "key" $key) -}}
{{- if not $secret }}{{ fail (printf "%s is not set%s" $title (empty $.Values.secrets.existing | ternary "; set it, or secrets.existing" "")) }}{{ end -}}
{{- if hasSuffix "-url" $key -}}
{{- $begin := get (dict "database-url" "postgres(ql)?" "redis-url" "rediss?|redis\\+(sentinel|cluster)") $key -}}
{{- if not (regexMatch (printf "^(%s)://." $begin) $secret) }}{{ fail (printf "%s is not the address of a %s (values.yaml)" $title (get (dict "database-url" "PostgreSQL" "redis-url" "Redis") $key)) }}{{ end -}}
{{- else if lt (len (trimSuffix "\n" $secret)) 32 }}{{ fail (printf "%s has less than 32 bytes" $title) }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* The ports in an address with one host or more, with blanks between them; default is for those that say nothing. */}}
{{- define "lair.ports" -}}
{{- $hosts := regexReplaceAll "^.*@" (regexFind "^[^/?#]*" (regexReplaceAll "^[^:]*://" (trimSuffix "\n" .url) "")) "" -}}
{{- range splitList "," $hosts -}}
{{- if not (regexMatch "^([^][:@/ ]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]+)?$" .) }}{{ fail (printf "%s has no host, or one that is none; in a password / is %%2F, ? is %%3F, # is %%23 and @ is %%40" $.title) }}{{ end -}}
{{- regexFind "[0-9]+$" (regexFind ":[0-9]+$" .) | default $.default }} {{ end -}}
{{- end -}}

{{/* Whether a NetworkPolicy lets through what the addresses say. */}}
{{- define "lair.checkPorts" -}}
{{- $secrets := include "lair.secrets" . | fromJson -}}
{{- $all := list -}}
{{- if and $secrets (not (regexMatch "[?&]host=" (get $secrets "database-url"))) -}}
{{- $all = append $all (dict "policy" "database" "title" (include "lair.secretTitle" (dict "root" . "key" "database-url")) "url" (get $secrets "database-url") "default" "5432") -}}
{{- end -}}
{{- if $secrets -}}
{{- $all = append $all (dict "policy" "redis" "title" (include "lair.secretTitle" (dict "root" . "key" "redis-url")) "url" (get $secrets "redis-url") "default" "6379") -}}
{{- end -}}
{{- with .Values.tracing.endpoint -}}
{{- $all = append $all (dict "policy" "tracing" "title" "tracing.endpoint" "url" . "default" "443") -}}
{{- end -}}
{{- range $all -}}
{{- $open := list -}}
{{- range (get $.Values.networkPolicy .policy).ports }}{{ $open = append $open (toString .) }}{{ end -}}
{{- $one := . -}}
{{- range splitList " " (include "lair.ports" . | trim) -}}
{{- if and $.Values.networkPolicy.enabled (not (has . $open)) }}{{ fail (printf "networkPolicy.%s.ports lacks a port of %s" $one.policy $one.title) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
