"""Learning the prompt, exactly and once: with it, a command has ended when the last line is this text and nothing else."""

from __future__ import annotations

from runner.transport.driver import Guarded
from runner.transport.lines import last_line

SILENCE = 0.25
"""Seconds without data after which an answer to the return key is taken to be complete."""


def learn(driver: Guarded) -> str:
    """The prompt the device shows now, with its terminator; nothing is left unread.

    Where the driver has just seen it, it is taken from there; else the return key is pressed until the same line comes twice.
    Ends by itself or by the deadline of the watch (SessionError `no_prompt`).
    """
    channel = driver.watching
    driver.take_buffer()
    if driver.first_prompt and channel.at(driver.first_prompt) and driver.base_prompt in driver.first_prompt:
        channel.read()
        return driver.first_prompt
    previous = ""
    while True:
        channel.write(driver.RETURN)
        channel.wait_data()
        while channel.wait_data(SILENCE):
            channel.read()
        prompt = last_line(channel.line)
        if prompt and prompt == previous:
            return prompt
        previous = prompt
