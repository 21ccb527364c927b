"""The maker's own client against a daemon: client.py HOST PORT. Prints one line a check, and fails with the first."""

import sys
import time

import numpy as np
from reachy_mini import ReachyMini
from reachy_mini.utils import create_head_pose


def check(name, got, want, within):
    got, want = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
    worst = float(np.max(np.abs(got - want)))
    print(f"{name}: off by {worst:.4f}", flush=True)
    if worst > within:
        sys.exit(f"{name}: {got.tolist()}, want {want.tolist()}")


def settled(read, want, within, seconds=2.0):
    """Reads until it is what is wanted, or the time is over."""
    end = time.monotonic() + seconds
    while np.max(np.abs(np.asarray(read()) - np.asarray(want))) > within and time.monotonic() < end:
        time.sleep(0.02)
    return read()


host, port = sys.argv[1], int(sys.argv[2])
with ReachyMini(host=host, port=port, connection_mode="network", media_backend="no_media") as robot:
    status = robot.client.get_status()
    print("status:", status.state.value, "simulated", bool(status.simulation_enabled or status.mockup_sim_enabled), flush=True)
    robot.enable_motors()

    robot.wake_up()
    check("wake_up, head", settled(robot.get_current_head_pose, np.eye(4), 0.01), np.eye(4), 0.01)
    check("wake_up, antennas", robot.get_present_antenna_joint_positions(), [-0.1745, 0.1745], 0.01)

    pose = create_head_pose(z=10, roll=10, pitch=15, yaw=-20, mm=True, degrees=True)
    begun = time.monotonic()
    robot.goto_target(pose, antennas=[0.5, -0.5], duration=0.6, method="cartoon", body_yaw=0.2)
    took = time.monotonic() - begun
    if not 0.55 < took < 1.6:
        sys.exit(f"goto_target took {took} s")
    check("goto_target, head", settled(robot.get_current_head_pose, pose, 0.01), pose, 0.01)
    joints, antennas = robot.get_current_joint_positions()
    check("goto_target, antennas", antennas, [0.5, -0.5], 0.01)
    check("goto_target, body", joints[0], 0.2, 0.01)

    pose = create_head_pose(yaw=15, degrees=True)
    robot.set_target(pose, antennas=[-0.3, 0.3], body_yaw=0.0)
    check("set_target, head", settled(robot.get_current_head_pose, pose, 0.01), pose, 0.01)
    check("set_target, antennas", settled(robot.get_present_antenna_joint_positions, [-0.3, 0.3], 0.01), [-0.3, 0.3], 0.01)
    check("set_target, joints", len(robot.get_current_joint_positions()[0]), 7, 0)

    robot.set_target_antenna_joint_positions([1.0, -1.0])
    check("antennas", settled(robot.get_present_antenna_joint_positions, [1.0, -1.0], 0.01), [1.0, -1.0], 0.01)

    robot.start_recording()
    robot.set_target(antennas=[0.2, -0.2])
    robot.set_target(antennas=[0.1, -0.1])
    check("recording", len(robot.stop_recording()), 2, 0)

    robot.look_at_world(0.5, 0.0, 0.2, duration=0.3)

    robot.goto_sleep()
    check("goto_sleep, antennas", settled(robot.get_present_antenna_joint_positions, [-3.05, 3.05], 0.02), [-3.05, 3.05], 0.02)
    check("goto_sleep, height", robot.get_current_head_pose()[2][3], -0.044, 0.01)
print("done", flush=True)
