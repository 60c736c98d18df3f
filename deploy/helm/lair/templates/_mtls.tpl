{{/* TLS between pods: for each component the parts of its pod that have to do with it. */}}
{{- define "lair.mtlsSecret" -}}
{{- get .root.Values.mtls.secrets .component | default (printf "%s-%s-mtls" (include "lair.name" .root) .component) -}}
{{- end -}}

{{- define "lair.mtlsEnv" -}}
{{- if .root.Values.mtls.enabled }}
- name: LAIR_GRPC_CERT_PATH
  value: /etc/lair-mtls/tls.crt
- name: LAIR_GRPC_KEY_PATH
  value: /etc/lair-mtls/tls.key
- name: LAIR_GRPC_CA_PATH
  value: /etc/lair-mtls/ca.crt
{{- end }}
{{- end -}}

{{- define "lair.mtlsMount" -}}
{{- if .root.Values.mtls.enabled }}
- {name: mtls, mountPath: /etc/lair-mtls, readOnly: true}
{{- end }}
{{- end -}}

{{- define "lair.mtlsVolume" -}}
{{- if .root.Values.mtls.enabled }}
- name: mtls
  projected:
    defaultMode: 0440
    sources:
      - secret:
          name: {{ include "lair.mtlsSecret" . }}
          items:
            - {key: tls.crt, path: tls.crt}
            - {key: tls.key, path: tls.key}
            {{- if not .root.Values.mtls.caConfigMap }}
            - {key: ca.crt, path: ca.crt}
            {{- end }}
      {{- with .root.Values.mtls.caConfigMap }}
      - configMap:
          name: {{ . }}
          items:
            - {key: ca.crt, path: ca.crt}
      {{- end }}
{{- end }}
{{- end -}}

{{/* Whether a service is ready. Kubernetes cannot ask through TLS, so the program asks itself. */}}
{{- define "lair.healthProbe" -}}
{{- if .Values.mtls.enabled -}}
exec: {command: [/lair, health]}
{{- else -}}
grpc: {port: 7000}
{{- end -}}
{{- end -}}
