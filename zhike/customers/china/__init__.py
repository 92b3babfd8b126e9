"""What is special to customers in China: credit codes, telephone numbers, regions, industries, names."""
