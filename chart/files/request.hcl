# What `helm test` runs: one request, and an answer to it.
endpoint "aim" {
  base_url  = env("AIM_BASE_URL")
  chat_path = env("AIM_CHAT_PATH", null)
  model     = env("AIM_MODEL", null)
  api_key   = env("AIM_API_KEY", null)
  timeout   = "60s"
}

conversation "request" {
  endpoint = endpoint.aim

  turn "hello" {
    user       = "Say hello."
    max_tokens = 16
  }
}
