# want: gesture_move_antennas.hcl:9,16-21: Invalid antennas; antennas must be a list of two numbers: [right, left].

endpoint "a" {
  simulator {}
}

gesture "g" {
  move {
    antennas = [0.1]
    duration = "200ms"
  }
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
