# One static program, and the certificate authorities that it trusts. Built where the builder runs, for where the image will.
ARG GO=golang:1.26.8
FROM --platform=$BUILDPLATFORM $GO AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=devel
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /aimbench ./cmd/aimbench

FROM scratch
ARG VERSION=devel
ARG REVISION
LABEL org.opencontainers.image.title="aimbench" \
      org.opencontainers.image.description="Scenario tests for OpenAI-compatible LLM endpoints and the Reachy Mini robot" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /aimbench /aimbench
USER 65532:65532
ENTRYPOINT ["/aimbench"]
