"""AWS on one machine: moto with what real AWS does and moto does not, and a feed of the whole cloud's state."""
