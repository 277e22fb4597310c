"""Pages of the campaigns app: schemes, campaigns with their rounds, and the door to the imports of a round."""
