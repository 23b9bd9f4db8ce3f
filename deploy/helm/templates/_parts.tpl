{{- define "opsdesk.labels" -}}
{{ include "opsdesk.selector" . }}
app.kubernetes.io/part-of: opsdesk
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "opsdesk.selector" -}}
app.kubernetes.io/name: {{ .Values.service }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "opsdesk.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* The environment: settings, and the files of secrets. Takes settings and secrets. */}}
{{- define "opsdesk.environment" -}}
{{- range $name, $value := .settings }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- range $name, $from := .secrets }}
- name: {{ $name }}_FILE
  value: /run/secrets/opsdesk/{{ $name }}
{{- end }}
{{- end }}

{{/* Where secrets and other files are in a container. Takes root and secrets. */}}
{{- define "opsdesk.mounts" -}}
- {name: tmp, mountPath: /tmp}
{{- if .secrets }}
- {name: secrets, mountPath: /run/secrets/opsdesk, readOnly: true}
{{- end }}
{{- range $name, $from := .root.Values.files }}
- {name: {{ printf "file-%s" $name }}, mountPath: {{ printf "/etc/opsdesk/%s" $name }}, readOnly: true}
{{- end }}
{{- end }}

{{- define "opsdesk.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 512Mi}
{{- if .secrets }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range $name, $from := .secrets }}
      - secret:
          name: {{ $from.secret }}
          items: [{key: {{ $from.key | quote }}, path: {{ $name }}}]
      {{- end }}
{{- end }}
{{- range $name, $from := .root.Values.files }}
- name: {{ printf "file-%s" $name }}
  {{- if $from.configMap }}
  configMap: {name: {{ $from.configMap }}}
  {{- else }}
  secret: {secretName: {{ $from.secret }}, defaultMode: 0440}
  {{- end }}
{{- end }}
{{- end }}

{{- define "opsdesk.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "opsdesk.containerSecurity" -}}
readOnlyRootFilesystem: true
allowPrivilegeEscalation: false
capabilities: {drop: [ALL]}
{{- end }}
