{{/* The exit codes that say how a run ended, as `aimbench help exit-codes` lists them. Of several shards, one that is stopped ends
with 105: that must not end the leader before it has said what became of the run. */}}
{{- define "aimbench.exitCodes" -}}
[96, 97, 98, 99, 104, {{ if eq (int .Values.shards.count) 1 }}105, {{ end }}107]
{{- end -}}

{{/* How long a Job may take: longer than the program gives itself, since a Job that ends its pods has no verdict. */}}
{{- define "aimbench.deadline" -}}
{{- $seconds := add .Values.scenario.timeoutSeconds 300 -}}
{{- if .Values.monitoring.enabled }}{{ $seconds = add $seconds .Values.monitoring.waitScrapeSeconds .Values.monitoring.lingerSeconds }}{{ end -}}
{{- if gt (int .Values.shards.count) 1 }}{{ $seconds = add $seconds .Values.shards.waitSeconds }}{{ end -}}
{{ $seconds }}
{{- end -}}

{{- define "aimbench.args" -}}
- run
- /scenario{{ with .Values.scenario.path }}/{{ . }}{{ end }}
- --timeout={{ int .Values.scenario.timeoutSeconds }}s
{{- with .Values.scenario.only }}
- {{ printf "--run=%s" . | quote }}
{{- end }}
{{- range $name, $value := .Values.scenario.vars }}
- {{ printf "--var=%s=%s" $name (kindIs "float64" $value | ternary ($value | toJson) (toString $value)) | quote }}
{{- end }}
{{- if .Values.results.record }}
- --out=/results/$(JOB_NAME).jsonl
{{- end }}
{{- range .Values.results.reports }}
- --report={{ . }}=/results/$(JOB_NAME).{{ get (dict "junit" "xml" "text" "txt") . | default . }}
{{- end }}
{{- if .Values.monitoring.enabled }}
- --metrics-addr=0.0.0.0:{{ int .Values.monitoring.port }}
- --metrics-wait-scrape={{ int .Values.monitoring.waitScrapeSeconds }}s
- --metrics-linger={{ int .Values.monitoring.lingerSeconds }}s
{{- end }}
{{- if gt (int .Values.shards.count) 1 }}
- --shard-wait={{ int .Values.shards.waitSeconds }}s
{{- with int .Values.shards.min }}
- --min-shards={{ . }}
{{- end }}
{{- end }}
{{- end -}}
