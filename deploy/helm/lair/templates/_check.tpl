{{/* Values that are wrong, or wrong together. Each line names the value, and none says what a secret is: the
     schema would, so secrets are looked at here. */}}
{{- define "lair.check" -}}
{{- $v := .Values -}}
{{- include "lair.checkName" . -}}
{{- include "lair.checkSecrets" . -}}
{{- include "lair.checkPorts" . -}}
{{- include "lair.checkEnv" . -}}
{{- if lt (int64 (include "lair.seconds" $v.roomPurgeAfter)) 86400 }}{{ fail "roomPurgeAfter is below 24h" }}{{ end -}}
{{- if $v.ingress.enabled -}}
{{- if not $v.ingress.host }}{{ fail "ingress.host is not set, but ingress.enabled is" }}{{ end -}}
{{- if not $v.gateway.trustedProxies }}{{ fail "gateway.trustedProxies is not set, but ingress.enabled is: name the addresses of the ingress controller, or all clients count as one" }}{{ end -}}
{{- end -}}
{{- if $v.tcp.enabled -}}
{{- if and $v.tcp.tls (not $v.gateway.tlsSecret) }}{{ fail "gateway.tlsSecret is not set, but tcp.tls is" }}{{ end -}}
{{- if and $v.tcp.proxyProtocol (not $v.gateway.trustedProxies) }}{{ fail "gateway.trustedProxies is not set, but tcp.proxyProtocol is: name the addresses of the load balancer" }}{{ end -}}
{{- if and $v.tcp.sourceRanges (ne $v.tcp.type "LoadBalancer") }}{{ fail "tcp.sourceRanges is of no use: tcp.type is not LoadBalancer" }}{{ end -}}
{{- end -}}
{{- include "lair.checkCertificates" . -}}
{{- range list "auth" "room" "message" "presence" "gateway" -}}
{{- $a := (get $v .).autoscaling -}}
{{- if gt (int $a.minReplicas) (int $a.maxReplicas) }}{{ fail (printf "%s.autoscaling.minReplicas is above %s.autoscaling.maxReplicas" . .) }}{{ end -}}
{{- if and $a.enabled (not (hasKey (merge dict ((get $v .).resources.requests | default dict) ((get $v .).resources.limits | default dict)) "cpu")) }}{{ fail (printf "%s.resources.requests.cpu is not set, but %s.autoscaling.enabled is: its aim is a share of it" . .) }}{{ end -}}
{{- end -}}
{{- if and $v.serviceMonitor.enabled $v.networkPolicy.enabled (not $v.networkPolicy.metrics) }}{{ fail "networkPolicy.metrics is empty, but serviceMonitor.enabled is: name where Prometheus is" }}{{ end -}}
{{- end -}}

{{/* A Service has to begin with a letter, and has no dots; a release may be called otherwise. */}}
{{- define "lair.checkName" -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" (include "lair.name" .)) }}{{ fail (printf "no Service can be called %s: set fullnameOverride" (include "lair.name" .)) }}{{ end -}}
{{- end -}}

{{- define "lair.checkCertificates" -}}
{{- $m := .Values.mtls -}}
{{- if $m.certManager.enabled -}}
{{- if not $m.enabled }}{{ fail "mtls.certManager.enabled is of no use: mtls.enabled is not set" }}{{ end -}}
{{- if not $m.certManager.issuer.name }}{{ fail "mtls.certManager.issuer.name is not set, but mtls.certManager.enabled is" }}{{ end -}}
{{- $duration := int64 (include "lair.seconds" $m.certManager.duration) -}}
{{- $before := int64 (include "lair.seconds" $m.certManager.renewBefore) -}}
{{- if lt $duration 3600 }}{{ fail "mtls.certManager.duration is below 1h" }}{{ end -}}
{{- if lt $before 300 }}{{ fail "mtls.certManager.renewBefore is below 5m" }}{{ end -}}
{{- if ge $before $duration }}{{ fail "mtls.certManager.renewBefore is not below mtls.certManager.duration" }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* How many seconds a duration such as 1h30m has. */}}
{{- define "lair.seconds" -}}
{{- $then := toDate "2006-01-02" "2000-01-01" -}}
{{- sub (unixEpoch (mustDateModify . $then)) (unixEpoch $then) -}}
{{- end -}}
