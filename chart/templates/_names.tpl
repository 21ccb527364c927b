{{/* The name of everything: the CronJob's, whose Jobs' pods are hosts NAME-TIME-INDEX of at most 63 characters. */}}
{{- define "aimbench.name" -}}
{{- $base := default .Chart.Name .Values.nameOverride -}}
{{- $name := default (contains $base .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $base)) .Values.fullnameOverride -}}
{{- $most := sub 53 (len (toString (sub (int .Values.shards.count) 1))) | int -}}
{{- if gt (len $name) $most -}}
{{- fail (printf "the name %s has %d characters, and a CronJob of %d shards may have %d: set fullnameOverride" $name (len $name) (int .Values.shards.count) $most) -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{- define "aimbench.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "aimbench.labels" -}}
{{ include "aimbench.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "aimbench.service" -}}
{{ include "aimbench.name" . }}-shards
{{- end -}}

{{- define "aimbench.keySecret" -}}
{{- if .Values.aim.existingSecret }}{{ .Values.aim.existingSecret }}{{ else if .Values.aim.apiKey }}{{ include "aimbench.name" . }}-key{{ end -}}
{{- end -}}

{{- define "aimbench.tokenSecret" -}}
{{- if .Values.shards.existingSecret }}{{ .Values.shards.existingSecret }}{{ else if .Values.shards.token }}{{ include "aimbench.name" . }}-shards{{ end -}}
{{- end -}}

{{/* The files of the scenario, as the data of a ConfigMap; none where an existing one has them. */}}
{{- define "aimbench.files" -}}
{{- if .Values.scenario.files -}}
{{ toYaml .Values.scenario.files }}
{{- else -}}
{{ (.Files.Glob "scenarios/*").AsConfig }}
{{- end -}}
{{- end -}}

{{/* The ConfigMap of the scenario. Its name has a digest of what is in it: a run keeps the one that it began with. */}}
{{- define "aimbench.configMap" -}}
{{- if .Values.scenario.existingConfigMap -}}
{{ .Values.scenario.existingConfigMap }}
{{- else -}}
{{ include "aimbench.name" . }}-{{ include "aimbench.files" . | sha256sum | trunc 12 }}
{{- end -}}
{{- end -}}
