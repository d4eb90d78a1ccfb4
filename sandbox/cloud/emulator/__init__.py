"""AWS on one machine: moto with what real AWS does and moto does not, and a feed of the whole cloud's state.

    FEDERATION_OPERATOR_ACCESS_KEY_ID=… FEDERATION_OPERATOR_SECRET_ACCESS_KEY=… python <this folder> [port]

A request comes in at gate.py (caller, signature and policies, the lock, answers kept for those who poll), goes to
moto, which the other files mend, each one idea; background.py then does what AWS does by itself. own_paths.py answers
/sandbox/….
"""
