{{- define "aimbench.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end -}}
{{- end -}}

{{/* What the pods of a run and of the test have in common, of the restricted kind. */}}
{{- define "aimbench.pod" -}}
serviceAccountName: {{ include "aimbench.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
restartPolicy: Never
terminationGracePeriodSeconds: 60
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.pod.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pod.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pod.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pod.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "aimbench.container" -}}
image: {{ include "aimbench.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
resources: # as much as it may have, so that nothing else gets it: a generator that waits for a processor measures itself
  requests: &resources
    cpu: {{ .Values.resources.cpu | quote }}
    memory: {{ .Values.resources.memory | quote }}
  limits: *resources
{{- end -}}

{{- define "aimbench.environment" -}}
- name: GOMEMLIMIT
  valueFrom:
    resourceFieldRef:
      containerName: aimbench
      resource: limits.memory
- name: AIM_BASE_URL
  value: {{ required "aim.baseUrl is the address of the endpoint, such as http://llm.models.svc:8000" .Values.aim.baseUrl | quote }}
{{- with .Values.aim.chatPath }}
- name: AIM_CHAT_PATH
  value: {{ . | quote }}
{{- end }}
{{- with .Values.aim.model }}
- name: AIM_MODEL
  value: {{ . | quote }}
{{- end }}
{{- with .Values.aim.metricsUrl }}
- name: AIM_METRICS_URL
  value: {{ . | quote }}
{{- end }}
{{- if include "aimbench.keySecret" . }}
- name: AIM_API_KEY_FILE
  value: /var/run/aimbench/key/{{ .Values.aim.secretKey }}
{{- end }}
{{- range $name, $value := .Values.pod.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{/* A Secret is a file, and never in the environment, where whatever the program starts or dumps would have it. */}}
{{- define "aimbench.keyMount" -}}
{{- if include "aimbench.keySecret" . }}
- name: key
  mountPath: /var/run/aimbench/key
  readOnly: true
{{- end }}
{{- end -}}

{{- define "aimbench.keyVolume" -}}
{{- with include "aimbench.keySecret" . }}
- name: key
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- end -}}
