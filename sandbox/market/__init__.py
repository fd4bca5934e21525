"""The simulated market behind the vendors: companies, people, journeys, and what they emit."""
